"""Flags, thresholds, curves and disparities against a recount in plain Python, for any threshold and search."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuscope.corpus import Corpus
from corpuscope.filters import Filter
from corpuscope.query import Query
from corpuscope.safety.curve import curve
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import Dimension, dimensions
from corpuscope.safety.disparity import OwnGroup, disparity
from corpuscope.safety.effect import Centre, threshold_effect
from corpuscope.safety.flags import flags_table
from corpuscope.safety.intervals import ratio_to_whole, wilson
from corpuscope.safety.population import population
from tests.corpuscope.safety.conftest import ROWS

Row = dict[str, Any]
FLAGS: dict[str, Callable[[Row, float], bool]] = {
    "toxicity": lambda r, t: r["toxicity"] is not None and r["toxicity"] >= t,
    "celadon_violence": lambda r, t: r["celadon_violence"] is not None and r["celadon_violence"] >= t,
    "celadon_label": lambda r, t: r["celadon_label"] in ("Mild", "Toxic"),
    "rps_doc_ldnoobw_words": lambda r, t: r["rps_doc_ldnoobw_words"] >= t,
    "rps_doc_ut1_blacklist": lambda r, t: r["rps_doc_ut1_blacklist"] is not None,
}
QUERIES: dict[Query, Callable[[Row], bool]] = {
    Query(): lambda r: True,
    Query(text="lake"): lambda r: "lake" in r["text"],
    Query(filters=("topic?", "stars>=2")): lambda r: r["topic"] is not None and r["stars"] >= 2,
}
queries = st.sampled_from(list(QUERIES))
thresholds = st.integers(0, 101).map(lambda n: n / 100)
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def members(query: Query) -> list[Row]:
    return [r for r in ROWS if QUERIES[query](r)]


def tokens(corpus: Corpus) -> dict[str, int]:
    rows = range(len(ROWS))
    return dict(zip([r["id"] for r in ROWS], corpus.catalog.values("tokens", list(rows)), strict=True))  # type: ignore[arg-type]


def dimension(corpus: Corpus, name: str) -> Dimension:
    return next(d for d in dimensions(corpus.fields.values()) if d.name == name)


def test_the_dimensions_are_those_of_the_list_in_its_order(flagged_corpus: Corpus):
    assert [d.name for d in dimensions(flagged_corpus.fields.values())] == list(FLAGS)


@many
@given(queries, st.sampled_from(["source", "topic", "language"]), thresholds)
def test_a_flags_table_is_a_recount(flagged_corpus: Corpus, query: Query, by: str, threshold: float):
    known = dimensions(flagged_corpus.fields.values())
    table = flags_table(population(flagged_corpus, query), known, by, {"toxicity": str(threshold)})
    at = {"toxicity": threshold, "celadon_violence": 2, "rps_doc_ldnoobw_words": 1}
    for row in (*table.rows, table.whole):
        inside = members(query)
        if row.portion.kind == "value" and row is not table.whole:
            inside = [r for r in inside if r[by] == row.portion.label]
        elif row.portion.kind == "missing":
            inside = [r for r in inside if r[by] is None]
        elif row.portion.kind == "others":
            listed = {r.portion.label for r in table.rows}
            inside = [r for r in inside if r[by] is not None and r[by] not in listed]
        assert row.portion.documents == len(inside)
        assert row.flagged == tuple(sum(FLAGS[d.name](r, at.get(d.name, 0)) for r in inside) for d in known)
        assert row.scored == tuple(sum(r[d.name] is not None for r in inside) for d in known)


@many
@given(queries, st.sampled_from(["toxicity", "rps_doc_ldnoobw_words", "celadon_label"]), thresholds, st.booleans())
def test_what_is_kept_and_dropped_is_a_recount(
    flagged_corpus: Corpus, query: Query, name: str, threshold: float, inverse: bool
):
    cut = Cut(dimension(flagged_corpus, name), str(threshold), inverse)
    effect = threshold_effect(population(flagged_corpus, query), cut, ("grade", "stars"), ("topic", "source"))
    kept = [r for r in members(query) if FLAGS[name](r, threshold) == inverse]
    dropped = [r for r in members(query) if FLAGS[name](r, threshold) != inverse]
    weight = tokens(flagged_corpus)
    assert (effect.kept.documents, effect.dropped.documents) == (len(kept), len(dropped))
    assert effect.kept.tokens == sum(weight[r["id"]] for r in kept)
    assert effect.dropped.tokens == sum(weight[r["id"]] for r in dropped)
    assert effect.unscored.documents == sum(r[name] is None for r in members(query))
    for rated in effect.ratings:
        for side, centre in ((kept, rated.kept), (dropped, rated.dropped), (kept + dropped, rated.all)):
            check_centre([r[rated.field.name] for r in side if r[rated.field.name] is not None], centre)
    for told in effect.domains:
        for share in (s for s in told.shares if s.portion.kind == "value"):
            inside = [r for r in kept if r[told.field.name] == share.portion.label]
            assert share.kept.documents == len(inside)
            assert share.kept.tokens == sum(weight[r["id"]] for r in inside)
        assert sum(s.kept.documents for s in told.shares) == len(kept)


def check_centre(values: list[float], centre: Centre) -> None:
    assert centre.rated == len(values)
    if not values:
        assert centre.median is None and centre.mean is None
        return
    assert centre.median == statistics.median_low(values)
    assert centre.mean == pytest.approx(statistics.fmean(values))


@pytest.mark.parametrize("query", list(QUERIES))
@pytest.mark.parametrize("name", ["toxicity", "rps_doc_ldnoobw_words", "celadon_violence"])
def test_a_curve_is_a_cut_at_each_of_its_points(flagged_corpus: Corpus, query: Query, name: str):
    documents, known = population(flagged_corpus, query), dimension(flagged_corpus, name)
    found = curve(documents, known)
    assert len(found.points) == len({r[name] for r in ROWS} - {None})
    for point in found.points:
        for inverse in (False, True):
            cut = Cut(known, str(point.threshold), inverse)
            assert found.kept(point, cut) == threshold_effect(documents, cut).kept


def test_a_label_has_no_curve_and_no_threshold(flagged_corpus: Corpus):
    known = dimension(flagged_corpus, "celadon_label")
    assert known.threshold is None and not curve(population(flagged_corpus, Query()), known).points


@many
@given(queries, thresholds, st.booleans())
def test_a_search_for_either_side_finds_as_many_documents(
    flagged_corpus: Corpus, query: Query, threshold: float, inverse: bool
):
    cut = Cut(dimension(flagged_corpus, "toxicity"), str(threshold), inverse)
    effect = threshold_effect(population(flagged_corpus, query), cut)
    for condition, amount in ((cut.kept, effect.kept), (cut.dropped, effect.dropped)):
        wanted = Query(text=query.text, filters=(*query.filters, condition), k=0)
        assert flagged_corpus.search(wanted).total == amount.documents


@many
@given(queries, thresholds)
def test_who_pays_is_a_recount_with_its_intervals(flagged_corpus: Corpus, query: Query, threshold: float):
    own = OwnGroup("good news", (Filter.parse("source=news"), Filter.parse("stars>=3")))
    cut = Cut(dimension(flagged_corpus, "toxicity"), str(threshold))
    told = disparity(population(flagged_corpus, query), cut, ("language",), (own,))
    inside: dict[str, Callable[[Row], bool]] = {
        "good news": lambda r: r["source"] == "news" and r["stars"] >= 3,
        "no value": lambda r: r["language"] is None,
    }
    total, stay = len(members(query)), sum(not FLAGS["toxicity"](r, threshold) for r in members(query))
    assert (told.whole.documents, told.whole.kept) == (total, stay)
    for group in told.groups:
        is_member = inside.get(group.label, lambda r, label=group.label: r["language"] == label)
        rows = [r for r in members(query) if is_member(r)]
        kept = sum(not FLAGS["toxicity"](r, threshold) for r in rows)
        assert (group.documents, group.kept) == (len(rows), kept)
        assert group.share == wilson(kept, len(rows))
        assert group.interval == ratio_to_whole(kept, len(rows), stay, total)
        if group.stands_out:
            assert len(rows) >= 30 and group.ratio is not None


def test_a_group_is_read_as_it_is_written():
    group = OwnGroup("Politics", (Filter.parse('topic="a, b"'), Filter.parse("stars>=3")))
    assert OwnGroup.parse(str(group)) == group
