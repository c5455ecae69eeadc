"""The filter ledger: eight rules, one threshold changed; counted beside DuckDB, and painted in a real browser."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import Page

from benchmarks import corpora, setting
from benchmarks.app import shown
from benchmarks.peers import duckdb_facets, duckdb_ledger
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import SEED, WORKERS, Setting
from benchmarks.timing import Summary, milliseconds
from corpuscope.corpus import open_corpus
from corpuscope.filters import Filter
from corpuscope.ledger.ledger import Ledger, threshold
from corpuscope.ledger.tally import Tally

CHANGES, FEW, PAINTED = 200, 20, 60
_WARM_UP = 8
#: Rules of plain lengths, languages and personal data; the second of each pair says the same to DuckDB.
RULES = (
    ("words>=20", "words >= 20"),
    ("words<=2000", "words <= 2000"),
    ("language=en,de,it,da,fr", "language IN ('en', 'de', 'it', 'da', 'fr')"),
    ("language_score>=0.3", "language_score >= 0.3"),
    ("script=Latn", "script = 'Latn'"),
    ("pii_email<=0", "pii_email <= 0"),
    ("characters>=100", "characters >= 100"),
    ("tokens<=4000", "tokens <= 4000"),
)
_FIELDS = ("words", "language", "language_score", "script", "pii_email", "characters", "tokens")
#: The rules whose threshold is changed, and between which numbers.
_CHANGED = {0: (10, 60), 1: (200, 3000), 6: (50, 400), 7: (500, 6000)}

Rules = Sequence[tuple[str, str]]


def measure(told: Setting) -> Section:
    """Counts, counts with the curve of every threshold, DuckDB's counts, and the page."""
    folder = corpora.get_corpus(told, "default")
    changes = _changes(CHANGES)
    counted, whole = _engine(folder, changes)
    theirs, equal = _duckdb(folder, changes[:FEW])
    painted = asyncio.run(_browser(folder, changes[: PAINTED + _WARM_UP]))
    return _section(folder, Summary.of(counted), Summary.of(whole), Summary.of(theirs), Summary.of(painted), equal)


def _changes(count: int) -> list[Rules]:
    """Chains of which each differs from the one before in one threshold."""
    generator = random.Random(SEED)
    rules = list(RULES)
    out: list[Rules] = []
    for _ in range(count):
        index = generator.choice(list(_CHANGED))
        before = Filter.parse(rules[index][0])
        value = generator.choice([v for v in range(*_CHANGED[index]) if str(v) != threshold(before)])
        rule = replace(before, values=(str(value),))
        rules[index] = str(rule), f"{rule.field} {rule.op} {value}"
        out.append(tuple(rules))
    return out


def _ledger(rules: Rules) -> Ledger:
    return Ledger(rules=tuple(Filter.parse(ours) for ours, _ in rules))


def _engine(folder: Path, changes: Sequence[Rules]) -> tuple[list[float], list[float]]:
    """Times of the counts alone, and of all that the page asks: counts, a curve for each threshold, ten documents."""
    corpus = open_corpus(folder)

    def whole(rules: Rules) -> None:
        tally = Tally(corpus, _ledger(rules))
        for i in range(len(rules)):
            tally.steps(i)
        tally.sample(0)

    whole(RULES)
    return milliseconds(lambda rules: Tally(corpus, _ledger(rules)), changes), milliseconds(whole, changes)


def _duckdb(folder: Path, changes: Sequence[Rules]) -> tuple[list[float], int]:
    """DuckDB's times for the same counts, and how many of its answers equal ours."""
    connection = duckdb_facets.connect(folder, _FIELDS, WORKERS)
    corpus = open_corpus(folder)

    def ask(rules: Rules) -> list[duckdb_ledger.Amount]:
        return duckdb_ledger.count(connection, [theirs for _, theirs in rules])

    ask(RULES)
    times = milliseconds(ask, changes)
    return times, sum(ask(rules) == _ours(Tally(corpus, _ledger(rules))) for rules in changes)


def _ours(tally: Tally) -> list[duckdb_ledger.Amount]:
    counts = tally.counts
    amounts = [counts.start, counts.kept]
    for rule in counts.rules:
        amounts += [rule.removed, rule.alone, rule.only]
    return [(a.documents, a.tokens or 0) for a in amounts]


async def _browser(folder: Path, changes: Sequence[Rules]) -> list[float]:
    """Milliseconds from Enter in the field of a threshold to the painted rules."""
    async with shown(folder, f"ledger?{urlencode([('rule', ours) for ours, _ in RULES])}") as page:
        await page.locator(".rule").nth(len(RULES) - 1).wait_for()
        times = [await _type(page, before, after) for before, after in zip([RULES, *changes], changes, strict=False)]
    return times[_WARM_UP:]


async def _type(page: Page, before: Rules, after: Rules) -> float:
    """Type the threshold that has changed."""
    [index] = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    field = page.locator(f'input[data-name="typed {index + 1}"]')
    await field.fill(threshold(Filter.parse(after[index][0])) or "")
    await page.evaluate("watch.begin('keydown', 'rules')")
    await page.keyboard.press("Enter")
    took: float = await page.evaluate("watch.redrawn('rules')")
    return took


def _section(folder: Path, counted: Summary, whole: Summary, theirs: Summary, painted: Summary, equal: int) -> Section:
    named = (("counts", counted, ""), ("DuckDB, the same counts", theirs, number(counted.median / theirs.median)))
    page = (("counts, curves and ten documents", whole, ""), ("typed threshold to painted page", painted, ""))
    rows = [(name, number(s.median), number(s.p95), ratio) for name, s, ratio in (*named, *page)]
    documents = open_corpus(folder).manifest.rows
    conditions = (
        f"{len(RULES)} rules over {documents:,} documents: {', '.join(ours for ours, _ in RULES)}; {CHANGES} changes "
        f"of one threshold, one after the other, drawn by a seed. Each answer has documents and tokens removed in the "
        f"chain, alone, only and for want of a value, for each rule. DuckDB counts the first three of these in one "
        f"statement over the same Parquet files with {WORKERS} threads; answers equal in {equal} of {FEW}. The page in "
        f"Chromium at 1280 x 900, {PAINTED} changes after {_WARM_UP} to warm up, from Enter to two frames after the "
        "rules were drawn anew, by the browser's own clock."
    )
    return Section(
        "Filter ledger",
        [conditions],
        [Table(("a changed threshold, ms", "median", "p95", "ours : its, median"), rows)],
        [
            Promise("a changed threshold, engine, p95", whole.p95, 300, " ms"),
            Promise("a changed threshold, painted, median", painted.median, 300, " ms"),
        ],
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
