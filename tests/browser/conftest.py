"""A real server and a real browser over a small corpus with hostile documents in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from corpuscope.corpus import Corpus

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_START = "from commands.main import main; raise SystemExit(main())"
_START_S = 60


@dataclass
class Visit:
    """A page of the browser, what it asked the network for and the dialogs that it opened."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, url: str = "") -> None:
        """Load an address of the app and wait for its hits or notice."""
        self.page.goto(f"{self.address}/{url}")
        self.page.wait_for_selector(".hit, .notice")

    def total(self, text: str) -> None:
        """Wait until the counts line shows this total."""
        self.page.locator(".counts strong", has_text=text).filter(has_text=text).wait_for()

    @property
    def strangers(self) -> list[str]:
        """Requests that went anywhere else than to the server."""
        local = (self.address, self.address.replace("http", "ws"), "data:", "blob:")
        return [r for r in self.requests if not r.startswith(local)]


def start_server(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`corpuscope serve` on a free port, ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _START, "serve", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ.copy())
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return server, address
        except OSError:
            time.sleep(0.1)
    server.kill()
    assert server.stderr is not None
    raise AssertionError(f"the server did not start: {server.stderr.read().decode()}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; Debian's."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CORPUSCOPE_REQUIRE_BROWSER") == "1":
        pytest.fail("CORPUSCOPE_REQUIRE_BROWSER is set and chromium is not installed (apt-get install chromium)")
    if found is None:
        pytest.skip("chromium is not installed; browser tests need it (apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def server_address(tiny_corpus: Corpus) -> Iterator[str]:
    """Where the app over the tiny corpus listens."""
    server, address = start_server(tiny_corpus.folder)
    yield address
    server.terminate()
    server.wait(20)


@pytest.fixture
def visit(chromium: str, server_address: str) -> Iterator[Visit]:
    """A fresh browser window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        visit = Visit(page, server_address)
        page.on("request", lambda request: visit.requests.append(request.url))
        page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
        yield visit
        browser.close()
