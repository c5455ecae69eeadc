"""Ratings by another field against pandas, and behind each group as many documents as it says."""

import numpy as np
import pandas as pd
import pytest

from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery, UnknownField
from corpuscope.query import Query
from corpuscope.ratings.groups import LISTED, Grouped, group_rating, grouping_fields
from tests.conftest import build_corpus

QUERIES = [Query(), Query(text="river"), Query(filters=("grade>=3",)), Query(text="nothing")]
BY = ("topic", "year", "good", "rules")


def found_ids(corpus: Corpus, query: Query) -> list[str]:
    return [h.id for h in corpus.search(Query(text=query.text, filters=query.filters, k=1000)).hits]


def check(corpus: Corpus, frame: pd.DataFrame, query: Query, grouped: Grouped) -> None:
    """Each group is what pandas makes of the documents behind its door."""
    for group in (*grouped.groups, grouped.whole):
        behind = Query(text=query.text, filters=query.filters + group.portion.filters)
        members = frame[frame["id"].isin(found_ids(corpus, behind))]
        values = members[grouped.rating.name].dropna()
        assert (group.portion.documents, group.told.rated) == (len(members), len(values))
        assert group.portion.of == len(found_ids(corpus, Query(filters=group.portion.filters)))
        if not grouped.rating.is_number:
            assert group.told.kept == int(values.isin(["keep", True]).sum())
        elif len(values):
            expected = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), method="inverted_cdf")
            assert group.told.quantiles == tuple(expected.tolist())
            assert group.told.mean == pytest.approx(values.mean())


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("rating", ["grade", "stars", "rules", "good"])
def test_groups_are_those_of_pandas(rated_corpus: Corpus, frame: pd.DataFrame, rating: str, by: str, query: Query):
    grouped = group_rating(rated_corpus, query, rating, by)
    check(rated_corpus, frame, query, grouped)
    assert sum(g.portion.documents for g in grouped.groups) == grouped.whole.portion.documents


def test_the_largest_groups_are_listed_the_others_follow(rated_corpus: Corpus):
    grouped = group_rating(rated_corpus, Query(), "grade", "year")
    assert grouped.distinct == 19
    assert [g.portion.kind for g in grouped.groups] == ["value"] * LISTED + ["others"]
    years = [g.portion.label for g in grouped.groups[:-1]]
    assert years == sorted(years)
    topics = group_rating(rated_corpus, Query(), "grade", "topic")
    counts = [g.portion.documents for g in topics.groups if g.portion.kind == "value"]
    assert counts == sorted(counts, reverse=True) and topics.groups[-1].portion.kind == "missing"


def test_a_decision_says_what_it_keeps(rated_corpus: Corpus):
    grouped = group_rating(rated_corpus, Query(), "rules", "topic")
    assert grouped.keeps is not None
    assert grouped.whole.told.kept == rated_corpus.search(Query(filters=(grouped.keeps,), k=0)).total


def test_fields_to_group_by_begin_with_the_usual_ones(rated_corpus: Corpus):
    fields = grouping_fields(rated_corpus.fields)
    assert fields[0] == "source" and {"year", "good", "rules"} < set(fields)
    assert not {"grade", "rules_failed", "date", "title"} & set(fields)


@pytest.mark.parametrize(("rating", "by"), [("grade", "grade"), ("grade", "rules_failed"), ("rules_failed", "source")])
def test_what_makes_no_groups_is_refused(rated_corpus: Corpus, rating: str, by: str):
    with pytest.raises(InvalidQuery, match="cannot be told by"):
        group_rating(rated_corpus, Query(), rating, by)
    with pytest.raises(UnknownField):
        group_rating(rated_corpus, Query(), "nonsense", "source")


def test_masked_groups_lead_nowhere(tmp_path):
    rows = [{"id": str(i), "text": "x y", "source": f"jane{i % 2}@rivers.org", "grade": i} for i in range(4)]
    grouped = group_rating(build_corpus(tmp_path / "masked", rows), Query(), "grade", "source")
    assert [(g.portion.label, g.portion.filters) for g in grouped.groups] == [("[EMAIL]", None)] * 2
