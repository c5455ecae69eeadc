"""A corpus of ratings with known answers: ties, gaps, a decision, a constant, years."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from corpuscope.corpus import Corpus
from tests.conftest import build_corpus

#: What is computed for them, so that no other annotator adds ratings.
MADE = ("characters", "language", "year")

ROWS: list[dict[str, Any]] = [
    {
        "id": str(i),
        "text": f"word {'river' if i % 3 else 'lake'} " * (i % 11 + 1),
        "topic": f"t{i * i % 23}" if i % 9 else None,
        "stars": i * 7 % 5,
        "grade": round((i * 37 % 101) / 7, 3) if i % 6 else None,
        "other_grade": round((i * 53 % 97) / 3, 3) if i % 5 else None,
        "same": 1.5,
        "good": bool(i % 4),
        "rules": ("keep", "too_short", "bullets")[i * i % 3],
        "rules_failed": ["x"] if i % 2 else [],
        "rules_value": i % 13,
        "date": f"{2000 + i % 19}-03-04",
    }
    for i in range(200)
]


@pytest.fixture(scope="session")
def rated_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """200 rated documents."""
    return build_corpus(tmp_path_factory.mktemp("rated") / "rated", ROWS, annotators=MADE)


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """The same, as pandas sees it."""
    out = pd.DataFrame(ROWS)
    return out.assign(year=[2000 + i % 19 for i in range(len(out))])
