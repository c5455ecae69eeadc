"""Pictures of every page, light and dark: python docs/screenshots.py [CORPUS [FOLDER]], by default of data/demo.

They are for looking at: does a page read well when it is full, empty, wrong? An exploration is played through first,
so that there are steps, labels, notes and exports to see; the user's own sessions are left alone.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
PATIENCE_MS = 60_000
#: Milliseconds for fonts, transitions and charts, once Python has said everything.
SETTLING_MS = 1500
#: So many colours are all that a page needs; a picture of them is a third as large.
COLOURS = 256

QUERY = {"q": "climate policy"}
MEANING = {"q": "countries agree to burn less coal and oil", "mode": "hybrid"}
COMMONS = {"filter": "source=house-of-commons"}
NARROWED = QUERY | COMMONS
LABEL, NAME = "parliament on climate", "Climate policy in news and parliament"
NOTE = "In the sample of the Commons, nobody says “climate change” before 2006: look for the older words."


@dataclass(frozen=True)
class Shot:
    """One page to take: its name, its address, and what stands on it once it is there."""

    name: str
    page: str
    query: Mapping[str, str | list[str]]
    ready: str
    session: str = "tour"

    @property
    def url(self) -> str:
        """The address, relative to the app's root."""
        return f"{self.page}?{urlencode({**self.query, 'session': self.session}, doseq=True)}"


SEARCH = Shot("search", "", QUERY, ".hit")
LEDGER = Shot(
    "ledger",
    "ledger",
    {"rule": ["words>=100", "words<=2000", "language=en", "source!=films", "pii_email<=0"], "part": "only-2"},
    ".rule-part .hit",
)
SESSIONS = Shot("sessions", "sessions", QUERY, ".steps li")
EXPORT = Shot("export", "export", NARROWED, ".recipe")


def shots(document: dict[str, str]) -> tuple[Shot, ...]:
    """Every page, and what is seen when nothing matches or a query cannot be read."""
    return (
        SEARCH,
        Shot("meaning", "", MEANING | {"like": document["doc"]}, ".hit .score", session="aside"),
        Shot("overview", "overview", {}, ".treemap"),
        Shot("quality", "quality", {}, ".heat"),
        LEDGER,
        Shot("safety", "safety", {}, ".review-card, .notice"),
        Shot("document", "document", document, ".reading"),
        SESSIONS,
        EXPORT,
        Shot("corpus", "corpus", {}, ".sheet"),
        Shot("empty", "", {"q": "climate", "filter": "source=torch"}, ".notice", session="aside"),
        Shot("error", "", {"q": "(climate AND", "mode": "boolean"}, ".notice", session="aside"),
    )


def main(corpus: str, folder: Path) -> None:
    """Serve the corpus, play the exploration and take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(corpus) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        with window(browser, "light") as page:
            document = explore(page, address)
        for scheme in ("light", "dark"):
            for shot in shots(document):
                with window(browser, scheme) as page:
                    visit(page, address, shot)
                    visit(page, address, shot)  # again: the server is warm now, and shows ordinary times
                    page.wait_for_timeout(SETTLING_MS)
                    name = f"{shot.name}.png" if scheme == "light" else f"{shot.name}-{scheme}.png"
                    save(page.screenshot(), folder / name)
        browser.close()


@contextmanager
def serving(corpus: str) -> Iterator[str]:
    """The address of a server that keeps its sessions in a folder of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    start = "from commands.main import main; raise SystemExit(main())"
    command = [sys.executable, "-c", start, "serve", corpus, "--port", str(port)]
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(command, env=os.environ | {"XDG_DATA_HOME": home})
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/_stcore/health", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once the server answers."""
    while server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


@contextmanager
def window(browser: Browser, scheme: str) -> Iterator[Page]:
    """A browser window of its own."""
    context = browser.new_context(viewport=VIEWPORT, color_scheme=scheme)  # type: ignore[arg-type]  # "light" or "dark"
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def explore(page: Page, address: str) -> dict[str, str]:
    """Search, label, bookmark, take a note and export; the document that was read, as a query."""
    visit(page, address, Shot("commons", "", NARROWED, ".hit"))
    label_all(page)
    visit(page, address, Shot("phrase", "", COMMONS | {"q": "climate change", "mode": "phrase"}, ".hit"))
    visit(page, address, SEARCH)
    for hit in (page.locator(".hit").nth(place) for place in (0, 2)):
        hit.locator(".star").click()
        hit.locator(".star.marked").wait_for()
    first = page.locator(".hit").first.get_attribute("data-id") or ""
    visit(page, address, SESSIONS)
    annotate(page)
    visit(page, address, EXPORT)
    page.locator(".st-key-export_start button").click()
    page.locator(".job").get_by_role("link", name="Download").wait_for()
    return QUERY | {"doc": first, "at": "1"}


def label_all(page: Page) -> None:
    """Give all documents that match the label."""
    page.locator(".st-key-label button").first.click()
    page.get_by_role("combobox", name="Label").fill(LABEL)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add to all").click()
    page.locator(".notice", has_text="got the label").wait_for()


def annotate(page: Page) -> None:
    """Name the exploration and keep a note in it."""
    page.get_by_label("Name", exact=True).fill(NAME)
    page.keyboard.press("Enter")
    page.locator(".sessions b", has_text=NAME).wait_for()
    page.get_by_label("Add a note").fill(NOTE)
    page.get_by_role("button", name="Keep note").click()
    page.locator(".note-text").wait_for()


def visit(page: Page, address: str, shot: Shot) -> None:
    """Open a page and wait until all of it is there."""
    page.goto(f"{address}/{shot.url}")
    page.locator(shot.ready).first.wait_for()
    page.locator('[data-test-script-state="notRunning"]').wait_for()


def save(png: bytes, path: Path) -> None:
    """Write a picture with as many colours as it needs: plain areas keep theirs, rare ones are not lost."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else "data/demo", Path(given[1] if len(given) > 1 else "docs/images"))
