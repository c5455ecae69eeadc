"""The app in a real browser: from Enter, or a click on a facet, to painted hits and facets; ten browsers at once."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from benchmarks import corpora, setting
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, SEED, Setting
from benchmarks.timing import Summary
from corpuscope.corpus import open_corpus
from corpuscope.query import Query

QUERIES, CLICKS, LOADS = 100, 60, 7
BROWSERS, ROUNDS = 10, 8
#: Seconds in which a reader looks at an answer before asking again: few, to load the server more than readers do.
PAUSE_S = (1.0, 3.0)
_WARM_UP = 8
WATCH = Path(__file__).with_name("watch.js")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")
_START_S = 60


def measure(told: Setting) -> Section:
    """One browser, then ten."""
    folder = corpora.get_corpus(told, "default")
    return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> Section:
    words = corpora.draw_queries(folder, QUERIES + 2 * BROWSERS * ROUNDS)
    async with served(folder) as address, async_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        page = await _open(browser, address)
        enters = [await _enter(page, text) for text in words[:QUERIES]][_WARM_UP:]
        clicks = [await _click_facet(page, random.Random(SEED + i)) for i in range(CLICKS)]
        await page.context.close()
        loads = [await _load(browser, address, text) for text in words[:LOADS]]
        first, second = words[QUERIES : -BROWSERS * ROUNDS], words[-BROWSERS * ROUNDS :]
        reading, strange = await _together(folder, browser, address, first, PAUSE_S)
        pressing, stranger = await _together(folder, browser, address, second, (0.0, 0.0))
        await browser.close()
    named = {
        _ENTER: enters,
        _CLICK: clicks,
        _FIRST: loads,
        _READING: reading,
        _PRESSING: pressing,
    }
    return _section({name: Summary.of(times) for name, times in named.items()}, strange + stranger)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """`corpuscope serve` on a free port, with sessions of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    home = folder.parent / "app-home"
    shutil.rmtree(home, ignore_errors=True)
    command = [*corpora.program("serve"), str(folder), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"XDG_DATA_HOME": str(home)}, stdout=sys.stderr)
    address = f"http://127.0.0.1:{port}"
    try:
        await _ready(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@asynccontextmanager
async def shown(folder: Path, place: str) -> AsyncIterator[Page]:
    """A window at a place of the app, which is served for it alone."""
    async with served(folder) as address, async_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.add_init_script(path=WATCH)
        await page.goto(f"{address}/{place}")
        yield page
        await browser.close()


async def _ready(address: str) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            await asyncio.sleep(0.1)
    sys.exit("The app did not start.")


async def _open(browser: Browser, address: str, parameters: str = "") -> Page:
    """A window of its own with the app in it, drawn."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    await context.add_init_script(path=WATCH)
    page = await context.new_page()
    await page.goto(f"{address}/{parameters}")
    await page.evaluate("watch.first()")
    return page


async def _enter(page: Page, text: str) -> float:
    """Milliseconds from Enter to painted hits and facets."""
    await page.get_by_label("Query", exact=True).fill(text)
    await page.evaluate("watch.begin('keydown')")
    await page.keyboard.press("Enter")
    took: float = await page.evaluate("watch.painted()")
    return took


async def _click_facet(page: Page, generator: random.Random) -> float:
    """Milliseconds from a click on a facet value that changes the answer, to painted hits and facets."""
    links = page.locator(".facet a.value")
    chosen = links.nth(generator.randrange(await links.count()))
    await page.evaluate("watch.begin('click')")
    await chosen.click()
    took: float = await page.evaluate("watch.painted()")
    return took


async def _load(browser: Browser, address: str, text: str) -> float:
    """Milliseconds from a fresh window to painted hits and facets."""
    page = await _open(browser, address, f"?q={text.replace(' ', '+')}")
    took: float = await page.evaluate("watch.loaded")
    await page.context.close()
    return took


async def _together(
    folder: Path, browser: Browser, address: str, words: Sequence[str], pause: tuple[float, float]
) -> tuple[list[float], int]:
    """Ten windows ask their own queries, pausing before each; the times, and how many saw a wrong total."""
    corpus = open_corpus(folder)
    totals = {text: corpus.search(Query(text=text, k=0)).total for text in words}
    pages = await asyncio.gather(*(_open(browser, address) for _ in range(BROWSERS)))
    times: list[float] = []
    strange = 0

    async def work(page: Page, own: Sequence[str], generator: random.Random) -> None:
        nonlocal strange
        for text in own:
            await asyncio.sleep(generator.uniform(*pause))
            times.append(await _enter(page, text))
            shown = await page.locator(".counts strong").inner_text()
            strange += int(shown.replace(",", "")) != totals[text]

    shares = [words[i * ROUNDS : (i + 1) * ROUNDS] for i in range(BROWSERS)]
    await asyncio.gather(*(work(page, shares[i], random.Random(SEED + i)) for i, page in enumerate(pages)))
    await asyncio.gather(*(page.context.close() for page in pages))
    return times, strange


def _section(by_name: dict[str, Summary], strange: int) -> Section:
    enters, clicks, loads, reading = (by_name[name] for name in (_ENTER, _CLICK, _FIRST, _READING))
    return Section(
        "App",
        [_CONDITIONS],
        [Table(("ms", "median", "p95"), [(n, number(s.median), number(s.p95)) for n, s in by_name.items()])],
        [
            Promise("Enter, median", enters.median, 300, " ms"),
            Promise("Enter, p95", enters.p95, 500, " ms"),
            Promise("facet click, median", clicks.median, 300, " ms"),
            Promise("facet click, p95", clicks.p95, 500, " ms"),
            Promise("first load, median", loads.median, 2_000, " ms"),
            Promise(f"{_READING}, p95", reading.p95, 1_500, " ms"),
            Promise("answers of another window", strange, 0),
        ],
    )


_ENTER = "Enter to painted hits and facets"
_CLICK = "click on a facet value, the same"
_FIRST = "first load of a link"
_READING = f"Enter, {BROWSERS} windows at once"
_PRESSING = f"Enter, {BROWSERS} windows without a pause"

_CONDITIONS = (
    f"Chromium without a screen at 1280 x 900, server and browser on the same cores; {QUERIES - _WARM_UP} queries of "
    f"one to four words after {_WARM_UP} to warm up, {CLICKS} clicks on values chosen by a seed, {LOADS} fresh "
    f"windows. {BROWSERS} windows at once: {ROUNDS} queries in each, {PAUSE_S[0]:g} to {PAUSE_S[1]:g} seconds after "
    "the answer before; without a pause they ask as fast as they are drawn, which keeps both cores busy. Painted is "
    "when the counts, the hits and the facets have been replaced and two frames have passed since; times are the "
    "browser's own clock."
)

if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
