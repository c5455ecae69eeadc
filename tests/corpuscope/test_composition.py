"""A composition against the search: behind each portion are as many documents, and as many tokens, as it says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpuscope.composition import Breakdown, Composition, Histogram, compose, main_fields, nestable_fields
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery, UnknownField
from corpuscope.portions import Portion
from corpuscope.query import Query
from corpuscope.sessions.marks import with_marks
from tests.conftest import build_corpus
from tests.tiny import TINY

QUERIES = [
    Query(),
    Query(text="river north"),
    Query(filters=("topic=science,politics", "year?")),
    Query(where="words>6"),
]


def portions(composition: Composition) -> Iterator[Portion]:
    """Everything that a composition counts."""
    trees = [*composition.breakdowns, *([composition.nested] if composition.nested else [])]
    for breakdown in trees:
        for portion in breakdown.portions:
            yield portion
            yield from portion.parts
    for histogram in (composition.years, composition.lengths):
        if histogram is not None:
            yield from (*histogram.bars, *([histogram.missing] if histogram.missing else []))


@pytest.fixture(scope="module")
def hosts_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """More values than are listed, dates of five centuries, a text without any field."""
    rows = [
        {
            "id": str(i),
            "text": "word " * (i % 37 + 1),
            "source": f"s{i % 3}",
            "topic": f"t{i * i % 31}" if i % 7 else None,
            "url": f"https://h{i % 17}.example.org/",
            "date": f"{1500 + i * 5}-01-01" if i % 4 else None,
        }
        for i in range(100)
    ]
    return build_corpus(tmp_path_factory.mktemp("hosts") / "hosts", rows)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("measure", ["documents", "tokens"])
def test_each_portion_selects_the_documents_and_tokens_that_it_counts(tiny_corpus: Corpus, query: Query, measure: str):
    composition = compose(tiny_corpus, query, outer="topic", inner="url_host", measure=measure)
    check_doors(tiny_corpus, composition)


@pytest.mark.parametrize(("outer", "inner"), [("url_host", "topic"), ("topic", "url_host"), ("source", None)])
def test_values_beyond_the_listed_are_the_others(hosts_corpus: Corpus, outer: str, inner: str | None):
    query = Query(filters=("year>=1600",))
    composition = compose(hosts_corpus, query, outer=outer, inner=inner)
    assert any(p.kind == "others" for p in portions(composition))
    check_doors(hosts_corpus, composition)


def check_doors(corpus: Corpus, composition: Composition) -> None:
    """Each portion, and its size in the whole corpus, is what the search counts with its filters."""
    for portion in portions(composition):
        assert portion.filters is not None
        query = composition.query
        found = corpus.search(replace(query, filters=query.filters + portion.filters, k=0))
        assert (found.total, found.tokens.count) == (portion.documents, portion.tokens), portion
        assert portion.kind != "value" or portion.documents > 0 or portion.field in ("year", "characters")


def test_portions_know_how_many_documents_of_the_whole_corpus_are_like_them(tiny_corpus: Corpus):
    composition = compose(tiny_corpus, Query(text="river north"), outer="topic", inner="url_host")
    for portion in portions(composition):
        # Which values are "other" depends on the query, so that their filters say the same of the whole corpus.
        whole = tiny_corpus.search(Query(filters=portion.filters, k=0)).total
        assert portion.of == whole, portion


def test_parts_add_up(hosts_corpus: Corpus):
    composition = compose(hosts_corpus, Query(), outer="topic", inner="url_host")
    assert composition.nested is not None
    for value in composition.nested.values:
        assert sum(p.documents for p in value.parts) == value.documents
        assert sum(p.tokens or 0 for p in value.parts) == value.tokens
    for breakdown in (*composition.breakdowns, composition.nested):
        assert sum(p.documents for p in breakdown.portions) == composition.total == 100


def test_the_totals_are_those_of_the_search(tiny_corpus: Corpus):
    query = Query(text="river")
    composition, result = compose(tiny_corpus, query), tiny_corpus.search(query)
    assert (composition.total, composition.documents) == (result.total, result.documents)
    assert composition.tokens == result.tokens
    assert composition.all_tokens == tiny_corpus.search(Query()).tokens.count


def test_order_paging_sample_and_facets_change_nothing(tiny_corpus: Corpus):
    query = Query(text="river")
    paged = replace(query, sample=3, seed=9, offset=5, k=2, facets=("topic",))
    assert compose(tiny_corpus, paged) == compose(tiny_corpus, query)


def test_a_document_counts_once_for_each_value_of_a_list(tmp_path: Path):
    rows = [
        {"id": str(i), "text": f"text {i}", "topic": topics}
        for i, topics in enumerate([["a", "b"], ["a", "a"], ["c"], [], *([f"t{n}"] for n in range(12) for _ in "xy")])
    ]
    corpus = build_corpus(tmp_path / "lists", rows)
    composition = compose(corpus, Query())
    topics = by_field(composition, "topic")
    assert topics.field.multi
    assert {p.label: p.documents for p in topics.values}["a"] == 2
    assert (topics.others.documents, topics.missing.documents) == (3, 1)  # the one with a and b is listed with a
    check_doors(corpus, composition)
    with pytest.raises(InvalidQuery, match="topic holds lists"):
        compose(corpus, Query(), outer="topic")
    assert nestable_fields(corpus)[0] == "source"


def by_field(composition: Composition, name: str) -> Breakdown:
    """The breakdown by a field."""
    return next(b for b in composition.breakdowns if b.field.name == name)


def test_years_come_in_steps_that_keep_the_bars_few(hosts_corpus: Corpus, tiny_corpus: Corpus):
    years = compose(hosts_corpus, Query()).years
    assert years.edges[1] - years.edges[0] == 10 and len(years.bars) <= 60
    assert years.bars[0].label == "1500 – 1509"
    assert years.missing.documents == 25
    assert [b.label for b in compose(tiny_corpus, Query()).years.bars] == [str(y) for y in range(2010, 2018)]


def test_dates_without_a_year_field_have_years_too(tmp_path: Path):
    rows = [{"id": str(i), "text": "x", "date": f"{y}-05-01"} for i, y in enumerate([1066, 1650, 1650, 2016])]
    corpus = build_corpus(tmp_path / "dates", rows, annotators=())
    composition = compose(corpus, Query())
    assert composition.years.field.name == "date"
    assert composition.tokens is None and composition.lengths is None
    assert {b.label: b.documents for b in composition.years.bars if b.documents} == {
        "1060 – 1079": 1,
        "1640 – 1659": 2,
        "2000 – 2019": 1,
    }
    for bar in composition.years.bars:
        assert corpus.search(Query(filters=bar.filters)).total == bar.documents


def test_lengths_grow_by_steps_and_cover_every_document(hosts_corpus: Corpus):
    lengths = compose(hosts_corpus, Query()).lengths
    assert isinstance(lengths, Histogram)
    assert sum(b.documents for b in lengths.bars) == 100
    assert all(b > a for a, b in zip(lengths.edges, lengths.edges[1:], strict=False))
    assert lengths.bars[0].documents and lengths.bars[-1].documents


def test_nothing_that_matches_is_an_empty_composition(tiny_corpus: Corpus):
    composition = compose(tiny_corpus, Query(text="zzzunheard"))
    assert (composition.total, composition.tokens.count) == (0, 0)
    assert list(portions(composition)) == []


def test_a_corpus_without_computed_fields_is_divided_by_what_it_has(tmp_path: Path):
    corpus = build_corpus(tmp_path / "bare", [{"id": "only", "text": "one document"}], annotators=())
    composition = compose(corpus, Query())
    assert composition.total == 1 and composition.years is None and composition.lengths is None
    assert [b.field.name for b in composition.breakdowns] == ["source"]
    assert [(p.label, p.documents, p.tokens) for p in composition.nested.values] == [("bare", 1, None)]


def test_the_main_fields_take_the_topic_by_name_then_by_its_few_values(tmp_path: Path, tiny_corpus: Corpus):
    assert main_fields(tiny_corpus) == ["source", "topic", "format", "language", "url_host"]
    without_urls = build_corpus(tmp_path / "no-urls", [{"id": "1", "text": "An English text."}])
    assert main_fields(without_urls) == ["source", "format", "language"]
    rows = [{"id": str(i), "text": f"t {i}", "unique": f"u{i}" * 2, "party": "AB"[i % 2]} for i in range(300)]
    assert main_fields(build_corpus(tmp_path / "parties", rows, annotators=())) == ["source", "party"]


def test_suppressed_documents_are_in_no_count(tiny_corpus: Corpus, tmp_path: Path):
    from shutil import copytree

    import corpuscope
    from indexing.maintenance import suppress

    copytree(tiny_corpus.folder, tmp_path / "copy")
    suppress(tmp_path / "copy", ["doc-1", "doc-2"])
    corpus = corpuscope.open(tmp_path / "copy")
    composition = compose(corpus, Query())
    assert composition.total == composition.documents == len(TINY) - 2
    check_doors(corpus, composition)


def test_personal_data_in_values_is_masked_and_no_filter(tmp_path: Path):
    rows = [{"id": str(i), "text": "x", "topic": "jane.roe@rivers.org" if i else "plain"} for i in range(3)]
    corpus = build_corpus(tmp_path / "personal", rows, annotators=())
    values = by_field(compose(corpus, Query()), "topic").values
    assert [(p.label, p.documents, p.filters is None) for p in values] == [("[EMAIL]", 2, True), ("plain", 1, False)]
    unmasked = by_field(compose(corpus, Query(mask=False)), "topic").values
    assert unmasked[0].label == "jane.roe@rivers.org" and unmasked[0].filters is not None


def test_labels_of_a_session_are_filters_and_no_topic(tiny_corpus: Corpus):
    corpus = with_marks(tiny_corpus, [])
    assert main_fields(corpus) == main_fields(tiny_corpus)
    assert compose(corpus, Query(filters=("bookmark?",))).total == 0


def test_the_largest_values_by_tokens_may_be_others_by_documents(tmp_path: Path):
    long = [{"id": "long", "text": "word " * 9000, "source": "s", "topic": "rare"}]
    rows = [{"id": f"{i}", "text": "word", "source": "s", "topic": f"t{i % 15}"} for i in range(60)]
    corpus = build_corpus(tmp_path / "measures", rows + long)
    by = {m: compose(corpus, Query(), outer="topic", measure=m).nested for m in ("documents", "tokens")}
    assert by["tokens"].values[0].label == "rare"
    assert "rare" not in [p.label for p in by["documents"].values]
    assert Counter(p.kind for p in by["documents"].portions)["others"] == 1


def test_an_unknown_field_is_named(tiny_corpus: Corpus):
    with pytest.raises(UnknownField, match="topics"):
        compose(tiny_corpus, Query(), outer="topics")
