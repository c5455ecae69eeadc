"""Profiles against the search and against plain NumPy."""

import numpy as np
import pandas as pd
import pytest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.ratings.profiles import profile
from corpuscope.results import BinFacet

NUMBERS = ("stars", "grade", "other_grade", "same", "rules_value")
QUERIES = [Query(), Query(text="river"), Query(filters=("grade>=3", "topic?")), Query(text="nothing")]


@pytest.mark.parametrize("query", QUERIES)
def test_quantiles_and_gaps_are_those_of_the_documents_found(rated_corpus: Corpus, frame: pd.DataFrame, query: Query):
    found = profile(rated_corpus, query, [*NUMBERS, "rules", "good"])
    ids = [h.id for h in rated_corpus.search(Query(text=query.text, filters=query.filters, k=1000)).hits]
    selected = frame[frame["id"].isin(ids)]
    for told in found.profiles:
        values = selected[told.field.name].dropna()
        assert (told.rated, told.unrated) == (len(values), len(selected) - len(values))
        if told.field.is_number and len(values):
            expected = np.quantile(values.to_numpy(), (0.05, 0.25, 0.5, 0.75, 0.95), method="inverted_cdf")
            assert told.quantiles == tuple(expected.tolist())
        else:
            assert told.quantiles == ()


def test_histograms_are_the_facets_of_the_search(rated_corpus: Corpus):
    query = Query(text="river", filters=("grade>=3",), sort="grade", sample=None, k=3)
    result = profile(rated_corpus, query, ("grade", "rules")).result
    assert (
        result.facets
        == rated_corpus.search(Query(text="river", filters=query.filters, facets=("grade", "rules:12"))).facets
    )
    assert isinstance(result.facets["grade"], BinFacet) and not result.hits


def test_each_quantile_is_the_value_of_a_document(rated_corpus: Corpus):
    (told,) = profile(rated_corpus, Query(), ("grade",)).profiles
    for at, value in zip((0.05, 0.25, 0.5, 0.75, 0.95), told.quantiles, strict=True):
        below = rated_corpus.search(Query(filters=(f"grade<={value}",), k=0)).total
        assert below >= at * told.rated > rated_corpus.search(Query(filters=(f"grade<{value}",), k=0)).total
