"""Correlations against pandas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.catalog.columns import NumberColumn
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.query import Query
from corpuscope.ratings.correlation import Correlation, _codes, _pairs, correlate

NAMES = ("stars", "grade", "other_grade", "rules_value")
VALUES = st.one_of(st.none(), st.integers(-3, 3))


def matrix(found: Correlation) -> np.ndarray:
    return np.array([[np.nan if p.rho is None else p.rho for p in row] for row in found.pairs])


@pytest.mark.parametrize("query", [Query(), Query(text="river", filters=("stars<=3",))])
def test_correlations_are_those_of_pandas(rated_corpus: Corpus, frame: pd.DataFrame, query: Query):
    ids = [h.id for h in rated_corpus.search(Query(text=query.text, filters=query.filters, k=1000)).hits]
    selected = frame[frame["id"].isin(ids)][list(NAMES)]
    found = correlate(rated_corpus, query, NAMES)
    assert np.allclose(matrix(found), selected.corr("spearman"))
    assert [[p.documents for p in row] for row in found.pairs] == [
        [int((selected[a].notna() & selected[b].notna()).sum()) for b in NAMES] for a in NAMES
    ]
    assert (found.ranked, found.total) == (len(ids), len(ids))


def column(values: pd.Series) -> NumberColumn:
    field = Field(name=str(values.name), type="double")
    return NumberColumn(field, len(values), None, None, values.fillna(0).to_numpy(), values.notna().to_numpy())


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=40))
def test_gaps_and_ties_are_judged_pair_by_pair(rows: list[tuple[float | None, ...]]):
    frame = pd.DataFrame(rows, dtype=float)
    found = _pairs([_codes(column(frame[name]), np.arange(len(frame))) for name in frame])
    rho = np.array([[np.nan if p.rho is None else p.rho for p in row] for row in found])
    assert np.allclose(rho, frame.corr("spearman"), equal_nan=True)


def test_a_rating_that_is_the_same_for_all_has_no_correlation(rated_corpus: Corpus):
    found = correlate(rated_corpus, Query(), ("same", "grade"))
    assert found.pairs[0][0].rho is None and found.pairs[0][1].rho is None and found.pairs[1][1].rho == 1.0
    assert found.quarters[0] == (1.5, 1.5)


def test_of_more_documents_than_can_be_ranked_a_sample_is_and_says_so(rated_corpus: Corpus):
    found = correlate(rated_corpus, Query(), NAMES, most=50)
    assert (found.ranked, found.total) == (50, 200)
    assert found == correlate(rated_corpus, Query(), NAMES, most=50)
    assert found.pairs[0][0].documents == 50


def test_quarters_are_values_of_documents(rated_corpus: Corpus, frame: pd.DataFrame):
    found = correlate(rated_corpus, Query(), NAMES)
    for name, quarters in zip(NAMES, found.quarters, strict=True):
        values = frame[name].dropna().to_numpy()
        assert quarters == tuple(np.quantile(values, (0.25, 0.75), method="inverted_cdf").tolist())


def test_nothing_matches_nothing_correlates(rated_corpus: Corpus):
    found = correlate(rated_corpus, Query(text="nothing"), NAMES)
    assert found.total == 0 and found.quarters == (None,) * 4
    assert all(p.rho is None and p.documents == 0 for row in found.pairs for p in row)


@pytest.mark.parametrize("names", [("source",), ("good",), ("rules_failed",), ("grade",) * 17])
def test_only_some_numbers_can_be_compared(rated_corpus: Corpus, names: tuple[str, ...]):
    with pytest.raises(InvalidQuery, match="correlated|too many"):
        correlate(rated_corpus, Query(), names)
