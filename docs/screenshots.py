"""Pictures of the app, light and dark, at two widths: python docs/screenshots.py CORPUS [FOLDER].

They are for looking at: does the page read well when it is full, empty, wrong?
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
HEIGHT = 900


def _nothing(page: Page) -> None:
    """The page as it opens."""


def _open(label: str) -> Callable[[Page], None]:
    """Open a popover by its button."""
    return lambda page: page.get_by_role("button", name=label).click()


@dataclass(frozen=True)
class Shot:
    """One picture: where, how wide, in which scheme, after which act."""

    name: str
    url: str
    width: int = 1280
    scheme: str = "light"
    act: Callable[[Page], None] = _nothing


SHOTS = (
    Shot("search", "?q=climate+policy"),
    Shot("search-dark", "?q=climate+policy", scheme="dark"),
    Shot("search-wide", "?q=climate+policy&filter=language%3Den", width=1920),
    Shot("start-wide-dark", "", width=1920, scheme="dark"),
    Shot("filtered", "?q=water&filter=language%3Den&filter=source%21%3Dnews&filter=words%3E%3D100"),
    Shot("empty", "?q=water&filter=language%3Dzz&filter=words%3E%3D10"),
    Shot("error", "?q=%28water+AND&mode=boolean"),
    Shot("export", "export?q=water"),
    Shot("export-dark", "export?q=water", width=1920, scheme="dark"),
    Shot("more", "?q=water", scheme="dark", act=_open("More")),
    Shot("corpus", "corpus"),
    Shot("corpus-dark", "corpus", scheme="dark"),
)


def main(corpus: str, folder: Path) -> None:
    """Serve the corpus and take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    code = "from commands.main import main; raise SystemExit(main())"
    server = subprocess.Popen([sys.executable, "-c", code, "serve", corpus, "--port", str(port)], env=os.environ.copy())
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            # Twice: the first round warms the server up, so that the second one's pictures show ordinary times.
            for shot in (*SHOTS, *SHOTS):
                _take(browser, address, shot, folder / f"{shot.name}.png")
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def _take(browser: Browser, address: str, shot: Shot, path: Path) -> None:
    context = browser.new_context(viewport={"width": shot.width, "height": HEIGHT}, color_scheme=shot.scheme)  # type: ignore[arg-type]  # "light" or "dark"
    page = context.new_page()
    page.goto(f"{address}/{shot.url}")
    page.wait_for_selector(".hit, .notice, .sheet, .recipe")
    shot.act(page)
    page.wait_for_timeout(1000)  # fonts, transitions
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images"))
