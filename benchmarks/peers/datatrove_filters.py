"""datatrove's filters over pages, one after the other: says how many seconds each round of all pages took.

PAGES.jsonl ROUNDS
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter


def main(pages: str, rounds: str) -> None:
    texts = [json.loads(line) for line in Path(pages).read_text(encoding="utf-8").splitlines()]
    filters = (GopherQualityFilter(), GopherRepetitionFilter())
    seconds = [_round(filters, texts) for _ in range(1 + int(rounds))]
    print(json.dumps(seconds[1:]))


def _round(filters: tuple[GopherQualityFilter, GopherRepetitionFilter], texts: list[str]) -> float:
    begun = time.perf_counter()
    for number, text in enumerate(texts):
        for one in filters:
            one.filter(Document(text=text, id=str(number)))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
