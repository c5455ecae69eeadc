"""datatrove's filters over pages, one after the other: says how many seconds each round of all pages took.

PAGES.jsonl ROUNDS
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters.base_filter import BaseFilter


def main(pages: str, rounds: str) -> None:
    texts = [json.loads(line) for line in Path(pages).read_text(encoding="utf-8").splitlines()]
    filters = (
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
    )
    seconds = [_round(filters, texts) for _ in range(1 + int(rounds))]
    print(json.dumps(seconds[1:]))


def _round(filters: Sequence[BaseFilter], texts: list[str]) -> float:
    begun = time.perf_counter()
    for number, text in enumerate(texts):
        for one in filters:
            one.filter(Document(text=text, id=str(number)))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
