"""A corpus with scores of every kind: probabilities, counts, levels, labels, categories; ties, gaps and two scripts."""

from __future__ import annotations

from typing import Any

import pytest

from corpuscope.corpus import Corpus
from tests.conftest import build_corpus

#: What is computed for them, so that every field is known.
MADE = ("characters", "tokens")
_LANGUAGES = ("en", "en", "en", "de", "fr", None)


def _row(i: int) -> dict[str, Any]:
    words = " ".join(("river", "lake", "stone")[(i + j) % 3] for j in range(i % 17 + 1))
    return {
        "id": f"d{i}",
        "text": f"{words} \U0001f30a bad{i} end, write to jane{i}@rivers.org",
        "source": ("news", "web", "forum")[i * i % 3],
        "topic": f"t{i * 7 % 23}" if i % 9 else None,
        "language": _LANGUAGES[i % 6],
        "toxicity": round((i * 37 % 101) / 100, 2) if i % 8 else None,
        "toxicity_spans": spans_of(i),
        "celadon_violence": i * 5 % 4 if i % 5 else None,
        "celadon_label": ("No toxicity", "Mild", "Toxic")[i % 3],
        "rps_doc_ldnoobw_words": i % 7 if i % 2 else 0,
        "rps_doc_ut1_blacklist": "12" if i % 11 == 0 else None,
        "grade": round((i * 53 % 97) / 3, 3) if i % 6 else None,
        "stars": i % 5,
    }


def spans_of(i: int) -> list[str]:
    """The word `badN`, where the score is high: its place in code points, after a character beyond 16 bits."""
    if i % 3 == 0 or not i % 8:
        return []
    words = " ".join(("river", "lake", "stone")[(i + j) % 3] for j in range(i % 17 + 1))
    start = len(words) + 3
    return [f"{start}-{start + 3 + len(str(i))} 0.91"]


ROWS = [_row(i) for i in range(240)]


@pytest.fixture(scope="session")
def flagged_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """240 documents with scores."""
    return build_corpus(tmp_path_factory.mktemp("flagged") / "flagged", ROWS, annotators=MADE, part_size=100)
