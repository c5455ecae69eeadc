"""Borderline documents are the nearest ones, and verdicts count only as far as the draw is judged without a gap."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.safety.borderline import borderline, excerpts
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import dimensions
from corpuscope.safety.intervals import wilson
from corpuscope.safety.population import Population, population
from corpuscope.safety.review import Draw, Judged, draw, review_precision
from tests.corpuscope.safety.conftest import ROWS, spans_of


def everything(corpus: Corpus, **query: object) -> tuple[Population, Cut]:
    return population(corpus, Query(**query)), Cut(dimensions(corpus.fields.values())[0])  # type: ignore[arg-type]


def test_borderline_documents_lie_on_their_sides_and_a_seed_draws_them(flagged_corpus: Corpus):
    documents, cut = everything(flagged_corpus)
    found = borderline(documents, cut, n=5, seed=3)
    assert [len(found.unflagged), len(found.flagged)] == [5, 5]
    assert all(e.score < 0.5 for e in found.unflagged) and all(e.score >= 0.5 for e in found.flagged)
    assert [e.score for e in found.flagged] == sorted(e.score for e in found.flagged)
    assert found == borderline(documents, cut, n=5, seed=3) != borderline(documents, cut, n=5, seed=4)


def test_of_many_documents_only_the_nearest_are_drawn(flagged_corpus: Corpus, monkeypatch):
    monkeypatch.setattr("corpuscope.safety.borderline.NEAREST", 6)
    documents, cut = everything(flagged_corpus)
    near = sorted(r["toxicity"] - 0.5 for r in ROWS if r["toxicity"] is not None and r["toxicity"] >= 0.5)[5]
    scores = {e.score for seed in range(20) for e in borderline(documents, cut, n=5, seed=seed).flagged}
    assert max(scores) <= 0.5 + near + 1e-12 and len(scores) > 1


def test_flagged_places_are_marked_at_their_code_points_and_addresses_are_masked(flagged_corpus: Corpus):
    documents, cut = everything(flagged_corpus)
    marked = 0
    for told in excerpts(documents, cut, draw(documents, cut).rows):
        number = int(told.id[1:])
        assert "@" not in told.text and "[EMAIL]" in told.text
        assert [told.text[a:b] for a, b in told.highlights] == ([f"bad{number}"] if spans_of(number) else [])
        marked += len(told.highlights)
    assert marked > 10


def test_a_draw_is_all_of_a_side_in_an_order_of_its_own(flagged_corpus: Corpus):
    documents, cut = everything(flagged_corpus)
    flagged = {r["id"] for r in ROWS if r["toxicity"] is not None and r["toxicity"] >= 0.5}
    drawn, others = draw(documents, cut), draw(documents, cut, flagged=False)
    assert set(drawn.ids) == flagged and drawn.of == len(flagged) and others.of == len(ROWS) - len(flagged)
    assert (
        list(drawn.ids) != sorted(drawn.ids, key=lambda i: int(i[1:])) and drawn.ids != draw(documents, cut, seed=1).ids
    )


@settings(max_examples=200)
@given(st.lists(st.sampled_from([True, False, None, "none"]), max_size=30))
def test_verdicts_count_up_to_the_first_document_without(said: list[object]):
    ids = tuple(f"d{i}" for i in range(len(said)))
    judged = {i: Judged(i, v) for i, v in zip(ids, said, strict=True) if v != "none"}  # type: ignore[arg-type]
    told = review_precision(Draw(None, ids, len(ids)), judged | {"stranger": Judged("stranger", True)})  # type: ignore[arg-type]
    first = said.index("none") if "none" in said else len(said)
    met = said[:first]
    assert (told.judged, told.deserving, told.skipped) == (len(met) - met.count(None), met.count(True), met.count(None))
    assert told.next == (first if first < len(said) else None)
    assert told.interval == wilson(told.deserving, told.judged)
