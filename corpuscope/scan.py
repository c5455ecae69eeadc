"""Exact and regex modes: the texts themselves are read, every one of them, by RE2 inside Arrow.

RE2 looks for a plain string, too: it skips to the string's first bytes, several times faster than Arrow's own
substring search.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.catalog.columns import Mask
from corpuscope.errors import CorpusDamaged, InvalidQuery

Spans = list[tuple[int, int]]

#: Spans that are reported of one text.
MAX_SPANS = 10_000

#: Longer strings would not fit into RE2's program.
_LONGEST_LITERAL = 1_000
_GROUPS_A_TASK = 8
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")

_Looker = Callable[[pa.ChunkedArray], pa.ChunkedArray]


@dataclass(frozen=True)
class ScanResult:
    """Rows that match (among the allowed ones), how many texts were read, and whether time ran out before the rest."""

    mask: Mask
    scanned_rows: int
    partial: bool


@dataclass(frozen=True)
class _Task:
    """Row groups of one file; `start` is the corpus row of the first one's first row."""

    path: Path
    footer: pq.FileMetaData
    groups: range
    start: int


def check_pattern(pattern: str, *, regex: bool) -> None:
    """Raise InvalidQuery for a pattern that cannot be looked for."""
    try:
        pattern.encode()
    except UnicodeEncodeError as error:
        raise InvalidQuery(
            f"The pattern holds half a character (a lone surrogate) at place {error.start + 1}."
        ) from None
    if regex:
        _compiled(pattern)


def scan(
    parts: Sequence[Path],
    rows: Sequence[int],
    pattern: str,
    *,
    regex: bool,
    allowed: Mask | None,
    budget_s: float | None,
) -> ScanResult:
    """Find the allowed rows whose text holds the pattern, in the documents.parquet files of the parts.

    After `budget_s` seconds no new row groups are begun, and the answer is partial.
    """
    deadline = None if budget_s is None else time.monotonic() + budget_s
    mask = np.zeros(sum(rows), dtype=np.bool_)
    look = _looker(pattern, regex=regex)

    def work(task: _Task) -> int | None:
        if deadline is not None and time.monotonic() >= deadline:
            return None
        found = _scan_task(task, look)
        mask[task.start : task.start + len(found)] = found
        return len(found) if allowed is None else int(allowed[task.start : task.start + len(found)].sum())

    done = list(_readers().map(work, _tasks(parts, rows, allowed)))
    if allowed is not None:
        mask &= allowed
    return ScanResult(mask, sum(n for n in done if n is not None), None in done)


def spans(texts: Sequence[str], pattern: str, *, regex: bool) -> list[Spans]:
    """Where the pattern occurs in each text, as sorted, disjoint code-point offsets; empty matches are left out."""
    find = _find_regex if regex else _find_literal
    return [list(islice(find(text, pattern), MAX_SPANS)) for text in texts]


@cache
def _readers() -> ThreadPoolExecutor:
    """The threads of all scans together: however many ask at once, the texts held in memory stay few."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="scan")


def _tasks(parts: Sequence[Path], rows: Sequence[int], allowed: Mask | None) -> Iterator[_Task]:
    """The row groups that hold allowed rows, some neighbours at a time."""
    base = 0
    for path, part_rows in zip(parts, rows, strict=True):
        footer = _read_footer(path)
        if footer.num_rows != part_rows:
            raise CorpusDamaged(f"{path} holds {footer.num_rows} documents, not {part_rows}.")
        sizes = [footer.row_group(i).num_rows for i in range(footer.num_row_groups)]
        starts = [base, *(base + np.cumsum(sizes)).tolist()]
        for first in range(0, len(sizes), _GROUPS_A_TASK):
            last = min(first + _GROUPS_A_TASK, len(sizes))
            if allowed is None or allowed[starts[first] : starts[last]].any():
                yield _Task(path, footer, range(first, last), starts[first])
        base += part_rows


def _read_footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        raise CorpusDamaged(f"{path} cannot be read ({error}).") from None


def _scan_task(task: _Task, look: _Looker) -> Mask:
    """Which rows of some row groups match."""
    try:
        # A file object of its own: ParquetFile may not be shared by threads. The footer is given, not parsed again.
        with pq.ParquetFile(task.path, metadata=task.footer, memory_map=True) as file:
            texts = file.read_row_groups(list(task.groups), columns=["text"], use_threads=False).column(0)
    except (OSError, pa.ArrowException) as error:
        raise CorpusDamaged(f"{task.path} cannot be read ({error}).") from None
    found: Mask = look(texts).to_numpy()
    return found


def _looker(pattern: str, *, regex: bool) -> _Looker:
    """The function that says which texts of an Arrow column hold the pattern."""
    if regex:
        return lambda texts: pc.match_substring_regex(texts, pattern)
    if len(pattern) > _LONGEST_LITERAL:
        return lambda texts: pc.match_substring(texts, pattern)
    literal = _SPECIAL.sub(r"\\\g<0>", pattern)
    return lambda texts: pc.match_substring_regex(texts, literal)


def _find_literal(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    start = text.find(pattern)
    while start >= 0 and pattern:
        yield start, start + len(pattern)
        start = text.find(pattern, start + len(pattern))


def _find_regex(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    # On bytes: for a string, google-re2 would convert the offsets of every match from the text's start.
    data = text.encode()
    to_code_points = None if len(data) == len(text) else _code_points_before(data)
    for found in _compiled(pattern).finditer(data):
        start, end = found.span()
        if to_code_points is not None:
            start, end = int(to_code_points[start]), int(to_code_points[end])
        if start < end:
            yield start, end


def _code_points_before(data: bytes) -> npt.NDArray[np.int64]:
    """How many code points start before each byte of some UTF-8 (one entry more than bytes)."""
    starts = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
    return np.concatenate(([0], np.cumsum(starts)))


def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise InvalidQuery(f"The regular expression cannot be read: {reason}. The syntax is RE2's.") from None
