"""Every number is a door, and behind each door are as many documents as it says."""

import html
import re

import pytest

from corpuscope.corpus import Corpus
from corpuscope.links import Link, from_url
from corpuscope.query import FacetRequest, Query
from corpuscope.results import ValueCount, ValueFacet
from pages.widgets.facet_view import FacetView

FIELDS = ("topic", "tags", "good", "rank_b", "score_a", "date", "url_host", "tokens", "year")


def doors(corpus: Corpus, query: Query, pattern: str) -> list[tuple[Query, int]]:
    """The query behind each door of a facet, and the count that its hover text promises."""
    markup = FacetView(Link(query), corpus.search(query), corpus.fields).html()
    found = re.findall(pattern, markup)
    return [(from_url(html.unescape(url)).query, int(count.replace(",", ""))) for url, count in found]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", ["", "river north"])
def test_a_facet_value_or_bar_leads_to_as_many_documents_as_it_counts(tiny_corpus: Corpus, field: str, text: str):
    query = Query(text=text, facets=(FacetRequest(field, 50),))
    pattern = r'<a href="([^"]*)" data-go class="(?:value|bar)" title="[^"]*: ([\d,]+) of [^"]*"'
    found = doors(tiny_corpus, query, pattern)
    assert found
    for behind, count in found:
        assert tiny_corpus.search(behind).total == count, behind.filters


@pytest.mark.parametrize("field", ["topic", "date", "tags"])
def test_no_value_leads_to_the_documents_without_one(tiny_corpus: Corpus, field: str):
    query = Query(facets=(field,))
    for behind, count in doors(tiny_corpus, query, r'<a href="([^"]*)"[^>]*>no value: ([\d,]+)<'):
        assert tiny_corpus.search(behind).total == count


def test_masked_values_are_shown_but_lead_nowhere(tiny_corpus: Corpus):
    query = Query(facets=("topic",))
    result = tiny_corpus.search(query)
    result.facets["topic"] = ValueFacet([ValueCount("[EMAIL] writes", 2, 2)], 0, 0, True)
    markup = FacetView(Link(query), result, tiny_corpus.fields).html()
    assert "[EMAIL] writes" in markup and "filter=" not in markup
