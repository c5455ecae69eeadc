"""The Safety page: a threshold moved, counted for itself, and painted in a real browser."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page

from benchmarks import corpora, setting
from benchmarks.app import shown
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import SEED, Setting
from benchmarks.timing import Summary, milliseconds
from corpuscope.corpus import open_corpus
from corpuscope.query import Query
from corpuscope.safety.curve import curve
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import dimensions
from corpuscope.safety.effect import threshold_effect
from corpuscope.safety.population import population

FIELD, CHANGES, PAINTED = "toxicity", 200, 60
_WARM_UP = 8
#: A moment between two thresholds, in which the rest of the page is drawn.
_REST_MS = 700
#: What is drawn first of what the threshold changes, and what is drawn last.
_FIRST, _LAST = "threshold", "review"


def measure(told: Setting) -> Section:
    """Counts of a threshold, and the page after it."""
    folder = corpora.get_corpus(told, "default")
    thresholds = _thresholds(CHANGES)
    counted = Summary.of(_engine(folder, thresholds))
    first, last = (Summary.of(asyncio.run(_browser(folder, thresholds, panel))) for panel in (_FIRST, _LAST))
    return _section(folder, counted, first, last)


def _thresholds(count: int) -> list[str]:
    """Different ones, so that no answer is remembered."""
    return [f"{value / 1000:.3f}" for value in random.Random(SEED).sample(range(20, 980), count)]


def _engine(folder: Path, thresholds: Sequence[str]) -> list[float]:
    """Times of the kept and the dropped, documents and tokens, and of the curves."""
    corpus = open_corpus(folder)
    [dimension] = [d for d in dimensions(corpus.fields.values()) if d.name == FIELD]
    documents = population(corpus, Query())

    def count(threshold: str) -> None:
        threshold_effect(documents, Cut(dimension, threshold))
        curve(documents, dimension)

    count("0.5")
    return milliseconds(count, thresholds)


async def _browser(folder: Path, thresholds: Sequence[str], panel: str) -> list[float]:
    """Milliseconds from Enter in the field of the threshold until a panel has been painted anew."""
    async with shown(folder, f"safety?dimension={FIELD}") as page:
        await page.locator(".review-card").wait_for()
        times = [await _type(page, threshold, panel) for threshold in thresholds[: PAINTED + _WARM_UP]]
    return times[_WARM_UP:]


async def _type(page: Page, threshold: str, panel: str) -> float:
    await page.locator('input[data-name="typed"]').fill(threshold)
    await page.evaluate(f"watch.begin('keydown', '{panel}')")
    await page.keyboard.press("Enter")
    took: float = await page.evaluate(f"watch.redrawn('{panel}')")
    await page.wait_for_timeout(_REST_MS)
    return took


def _section(folder: Path, counted: Summary, first: Summary, last: Summary) -> Section:
    rows = (
        ("kept and dropped, and the curves", counted),
        ("typed threshold to painted curves and figures", first),
        ("the same, to the last panel of the page", last),
    )
    documents = open_corpus(folder).manifest.rows
    conditions = (
        f"Thresholds of {FIELD} over {documents:,} documents, drawn by a seed; {CHANGES} in the engine, {PAINTED} "
        f"after {_WARM_UP} to warm up in each of two windows of Chromium, at 1280 x 900, from Enter to two frames "
        "after the panel was drawn anew, by the browser's own clock. Ratings, domains, groups, borderline documents "
        "and the queue for review are counted anew as well, one after the other."
    )
    return Section(
        "Safety page",
        [conditions],
        [Table(("a changed threshold, ms", "median", "p95"), [(n, number(s.median), number(s.p95)) for n, s in rows])],
        [Promise("a changed threshold, painted, median", first.median, 300, " ms")],
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
