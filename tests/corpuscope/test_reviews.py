"""Reviews in a session's log: a field of the corpus, a list to take away, and what a recipe carries of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from corpuscope.corpus import Corpus
from corpuscope.errors import UsageError
from corpuscope.export.export import export
from corpuscope.export.replay import replay
from corpuscope.query import Query
from corpuscope.sessions.marks import with_marks
from corpuscope.sessions.records import Marking, Reviewed
from corpuscope.sessions.store import SessionStore
from corpuscope.sessions.verdicts import verdict_rows, written

S = "reviewed01"
FLAGGED, PASSED = Reviewed("toxicity", "0.5", flagged=True), Reviewed("toxicity", "0.5", flagged=False)


def review(verdict: str, *ids: str, about: Reviewed = FLAGGED, add: bool = True) -> Marking:
    return Marking(kind="review", name=verdict, ids=ids, about=about, add=add)


def found(corpus: Corpus, *filters: str) -> set[str]:
    return {h.id for h in corpus.search(Query(filters=filters, k=100)).hits}


def test_reviews_are_a_field_and_the_latest_verdict_counts(tiny_corpus: Corpus):
    marks = [
        review("agree", "doc-1", "doc-2"),
        review("disagree", "doc-2"),
        review("agree", "doc-2", about=Reviewed("insult", None, flagged=True)),
        review("agree", "doc-3", "doc-4", "nobody"),
        review("skip", "doc-3"),
        review("agree", "doc-4", add=False),
    ]
    marked = with_marks(tiny_corpus, marks)
    assert found(marked, "review=toxicity: agree") == {"doc-1"}
    assert found(marked, "review=toxicity: disagree") == {"doc-2"} == found(marked, "review=insult: agree")
    assert found(marked, "review?") == {"doc-1", "doc-2"} and marked.lost.ids == 1
    facet = marked.search(Query(facets=("review",))).facets["review"]
    assert {v.value: v.count for v in facet.values} == {
        "toxicity: agree": 1,
        "toxicity: disagree": 1,
        "insult: agree": 1,
    }


@pytest.mark.parametrize(
    ("verdict", "about", "deserves"),
    [("agree", FLAGGED, True), ("disagree", FLAGGED, False), ("agree", PASSED, False), ("disagree", PASSED, True)],
)
def test_a_verdict_says_whether_the_flag_is_deserved(verdict: str, about: Reviewed, deserves: bool):
    assert about.deserves(verdict) is deserves and about.deserves("skip") is None


def test_a_review_is_written_and_read_back():
    for about in (FLAGGED, PASSED, Reviewed("celadon_label", None, flagged=True)):
        mark = review("skip", "a", about=about)
        assert Marking.from_json(json.loads(json.dumps(mark.to_json()))) == mark


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "review", "name": "agree", "ids": ("a",)},
        {"kind": "review", "name": "perhaps", "ids": ("a",), "about": FLAGGED},
        {"kind": "review", "name": "agree", "query": Query(), "about": FLAGGED},
        {"kind": "bookmark", "ids": ("a",), "about": FLAGGED},
    ],
)
def test_what_is_no_review_is_refused(wrong: dict[str, Any]):
    with pytest.raises(UsageError, match="review"):
        Marking(**wrong)
    with pytest.raises(UsageError, match="does not say what was reviewed"):
        Reviewed.from_json({"dimension": "toxicity"})


def test_verdicts_are_listed_with_what_they_are_about(tiny_corpus: Corpus, tmp_path: Path):
    store = SessionStore(tmp_path / "sessions.sqlite")
    store.mark(S, tiny_corpus, "review", name="agree", ids=("doc-1",), about=FLAGGED)
    store.mark(S, tiny_corpus, "review", name="agree", ids=("=cmd",), about=PASSED)
    undone = store.mark(S, tiny_corpus, "review", name="disagree", ids=("=cmd",), about=PASSED)
    store.mark(S, tiny_corpus, "review", name="disagree", ids=("doc-1",), about=FLAGGED)
    store.undo(S, undone)
    rows = verdict_rows(store.marks(S))
    said = [(r["id"], r["verdict"], r["flagged"], r["deserves_flag"], r["threshold"]) for r in rows]
    assert said == [("=cmd", "agree", False, False, "0.5"), ("doc-1", "disagree", True, False, "0.5")]
    assert {r["corpus_version"] for r in rows} == {tiny_corpus.version}
    lines = [json.loads(line) for line in written(store.marks(S), "jsonl").decode().splitlines()]
    assert lines == rows
    table = list(csv.DictReader(io.StringIO(written(store.marks(S), "csv").decode())))
    assert [(r["id"], r["flagged"]) for r in table] == [("=cmd", "false"), ("doc-1", "true")]
    store.close()


def test_a_recipe_carries_reviews_and_replays(tiny_corpus: Corpus, tmp_path: Path):
    marks = [review("agree", "doc-1", "doc-2"), Marking(kind="bookmark", ids=("mail",))]
    query = Query(filters=("review=toxicity: agree",))
    recipe = export(with_marks(tiny_corpus, marks), query, tmp_path / "a.jsonl")
    assert recipe.marks is not None and "review" in [m["kind"] for m in recipe.marks]
    replay(recipe, tiny_corpus, tmp_path / "b.jsonl")
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
