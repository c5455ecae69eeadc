"""A process that serves searches: what `serving.py` starts, measures and asks.

open FOLDER: milliseconds to open a corpus; many FOLDER: memory after many queries; together FOLDER: threads at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from benchmarks.memory import anonymous_bytes

#: Searches before the memory of a process is looked at.
MANY = 2_000
THREADS = 32
SECONDS = 60
#: Different queries of the threads: more than the index remembers the matches of.
_DIFFERENT = 1_000
_WARM_SECONDS = 10


def opening(folder: Path) -> dict[str, float]:
    """Milliseconds until all of a corpus is open, imports and Java included, and then to the first answer."""
    begun = time.perf_counter()
    from corpuscope.corpus import open_corpus

    corpus = open_corpus(folder)
    _ = corpus.catalog, corpus.documents, corpus.lexical
    opened = time.perf_counter()
    from benchmarks.mixed import FACETS
    from corpuscope.query import Query

    corpus.search(Query(text="climate policy", facets=FACETS))
    return {"open": (opened - begun) * 1_000, "first": (time.perf_counter() - opened) * 1_000}


def many(folder: Path) -> dict[str, float]:
    """Anonymous memory, in bytes, after many mixed queries."""
    from benchmarks.mixed import draw_mixed
    from corpuscope.corpus import open_corpus

    corpus = open_corpus(folder)
    for query in draw_mixed(folder, MANY):
        corpus.search(query)
    return {"bytes": anonymous_bytes(os.getpid())}


def together(folder: Path) -> dict[str, float]:
    """All threads ask for a while: answers, wrong ones, and the memory early and late, in bytes."""
    from benchmarks.mixed import draw_mixed
    from corpuscope.corpus import open_corpus

    corpus = open_corpus(folder)
    queries = draw_mixed(folder, _DIFFERENT)
    expected = [_digest(corpus.search(q)) for q in queries]
    tickets = count()
    wrong: list[int] = []
    until = time.monotonic() + SECONDS

    def ask() -> None:
        while time.monotonic() < until:
            i = next(tickets) % len(queries)
            if _digest(corpus.search(queries[i])) != expected[i]:
                wrong.append(i)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    looks = list(_memory_until(until))
    for thread in threads:
        thread.join()
    early = max(b for at, b in looks if at < 2 * _WARM_SECONDS)
    late = max(b for at, b in looks if at >= SECONDS - _WARM_SECONDS)
    return {"answers": next(tickets), "wrong": len(wrong), "early": early, "late": late}


def _digest(result: object) -> str:
    """A digest of an answer without the time it took."""
    from corpuscope.results import SearchResult

    assert isinstance(result, SearchResult)
    answer = {k: v for k, v in result.to_json().items() if k != "took_ms"}
    return hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()


def _memory_until(until: float) -> Iterator[tuple[float, int]]:
    """Seconds since the start and the memory then, after the first seconds in which threads and caches grow."""
    begun = time.monotonic()
    time.sleep(_WARM_SECONDS)
    while time.monotonic() < until:
        yield time.monotonic() - begun, anonymous_bytes(os.getpid())
        time.sleep(0.5)


def main(arguments: Sequence[str]) -> None:
    task = {"open": opening, "many": many, "together": together}[arguments[0]]
    print(json.dumps(task(Path(arguments[1]))))


if __name__ == "__main__":
    main(sys.argv[1:])
