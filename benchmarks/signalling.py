"""A process that computes the fields of annotators over pages on one core: seconds of each round of all pages.

PAGES.jsonl ROUNDS ANNOTATOR...
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyarrow as pa

from indexing.annotate import run
from indexing.annotators import by_name


def main(pages: str, rounds: str, *names: str) -> None:
    texts = [json.loads(line) for line in Path(pages).read_text(encoding="utf-8").splitlines()]
    column = pa.array(texts, pa.large_string())
    seconds = []
    for _ in range(1 + int(rounds)):
        begun = time.perf_counter()
        for name in names:
            run(by_name(name), {}, {"text": column}, len(column))
        seconds.append(time.perf_counter() - begun)
    print(json.dumps(seconds[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
