"""The reviews of a session as a list: what was said of which document, of which flag, on which version of a corpus."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Literal

from corpuscope.sessions.records import Mark

VerdictFormat = Literal["jsonl", "csv"]
_COLUMNS = ("at", "corpus", "corpus_version", "id", "dimension", "threshold", "flagged", "verdict", "deserves_flag")


def reviews(marks: Iterable[Mark]) -> list[tuple[str, Mark]]:
    """Documents by id with the review in force: the latest on each dimension, in the order in which they were made."""
    latest: dict[tuple[str | None, str, str], Mark] = {}
    for mark in marks:
        if mark.kind != "review" or mark.about is None:
            continue
        for identifier in mark.ids or ():
            key = (mark.corpus, mark.about.dimension, identifier)
            latest.pop(key, None)
            if mark.add:
                latest[key] = mark
    return [(identifier, mark) for (_, _, identifier), mark in latest.items()]


def verdict_rows(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """The reviews in force as plain JSON, one for each document and dimension."""
    return [_row(mark, identifier) for identifier, mark in reviews(marks)]


def written(marks: Iterable[Mark], form: VerdictFormat) -> bytes:
    """The reviews as a file in UTF-8."""
    rows = verdict_rows(marks)
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def _row(mark: Mark, identifier: str) -> dict[str, Any]:
    assert mark.about is not None
    said = (
        mark.at.isoformat(),
        mark.corpus,
        mark.corpus_version,
        identifier,
        mark.about.dimension,
        mark.about.threshold,
        mark.about.flagged,
        mark.name,
        mark.about.deserves(mark.name),
    )
    return dict(zip(_COLUMNS, said, strict=True))
