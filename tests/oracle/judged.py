"""Relevance judgements of a test collection, and how good a ranking is by them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Grades = Mapping[str, int]
Judgements = Mapping[str, Grades]


def judgements(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document, of a qrels.tsv with a header."""
    out: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if line:
            query, document, grade = line.split("\t")
            out.setdefault(query, {})[document] = int(grade)
    return out


def ndcg(ranking: Sequence[str], grades: Grades) -> float:
    """nDCG@10 with linear gains, as trec_eval has it."""
    ideal = sorted((g for g in grades.values() if g > 0), reverse=True)[:10]
    gained = sum(max(0, grades.get(d, 0)) / math.log2(i + 2) for i, d in enumerate(ranking[:10]))
    return gained / sum(g / math.log2(i + 2) for i, g in enumerate(ideal))


def average_precision(ranking: Sequence[str], grades: Grades) -> float:
    """Average precision."""
    relevant = {d for d, g in grades.items() if g > 0}
    places = [i for i, d in enumerate(ranking, start=1) if d in relevant]
    return sum(n / i for n, i in enumerate(places, start=1)) / len(relevant)


def mean(
    measure: Callable[[Sequence[str], Grades], float], runs: Mapping[str, Sequence[str]], judged: Judgements
) -> float:
    """The mean over all queries that have something relevant."""
    asked = {query: grades for query, grades in judged.items() if any(g > 0 for g in grades.values())}
    return sum(measure(runs.get(query, ()), grades) for query, grades in asked.items()) / len(asked)
