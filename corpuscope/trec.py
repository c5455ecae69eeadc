"""TREC runs: `qid Q0 id rank score tag`, as trec_eval and ir_measures read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.selection import select

_WHITE_SPACE = re.compile(r"\s")


def run_lines(corpus: Corpus, qid: str, query: Query, tag: str) -> Iterator[str]:
    """The lines of one topic.

    Where a mode does not score, 1/rank stands in, so that the order is kept; white space in an id is
    percent-encoded, since columns are parted by it.
    """
    selection = select(corpus, query)
    rows, scores = selection.first(min(query.k, int(np.count_nonzero(selection.matches))))
    ids = corpus.catalog.values("id", rows)
    for rank, id_ in enumerate(ids, 1):
        score = f"{1 / rank:.6f}" if scores is None else f"{float(scores[rank - 1]):.6f}"
        yield f"{qid} Q0 {_WHITE_SPACE.sub(_escaped, id_)} {rank} {score} {tag}"


def _escaped(space: re.Match[str]) -> str:
    return quote(space.group())
