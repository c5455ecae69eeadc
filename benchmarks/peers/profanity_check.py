"""alt-profanity-check over texts: prints the probability of each.

TEXTS.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from profanity_check import predict_prob


def main(texts: str) -> None:
    lines = Path(texts).read_text(encoding="utf-8").splitlines()
    print(json.dumps(predict_prob([json.loads(line) for line in lines]).tolist()))


if __name__ == "__main__":
    main(*sys.argv[1:])
