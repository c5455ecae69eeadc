"""Reading one document: exact marks, masks that hide as in the whole text, pages that lose nothing, true neighbours."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import corpuscope
from corpuscope.corpus import Corpus
from corpuscope.errors import UnknownDocument
from corpuscope.masking import mask
from corpuscope.personal_data import spans
from corpuscope.query import Query
from corpuscope.reading import matches, neighbours, pages
from corpuscope.reading.neighbours import find_neighbours
from corpuscope.reading.reader import read
from corpuscope.reading.records import Reading, Standing
from indexing.maintenance import suppress
from tests.conftest import build_corpus
from tests.tiny import TINY

_FILLER = "Slow water moves past \U0001f600 old stones, and nobody writes it down.\n"
_NEWS = "The dam at the river broke; write to jane.roe@rivers.org or call +1 415-555-2671.\n\n"
LONG = "".join(_NEWS if i % 97 == 5 else _FILLER for i in range(6_000))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A long document among short ones, one of them taken down."""
    rows = [
        {"id": "book", "text": LONG, "title": "Of rivers, by jane.roe@rivers.org"},
        {"id": "note", "text": "A note on a river.", "contact": "jane.roe@rivers.org", "year": 1999},
        {"id": "gone", "text": "A note that was taken down.", "year": 1990},
    ]
    folder = tmp_path_factory.mktemp("books") / "books"
    build_corpus(folder, rows, annotators=())
    suppress(folder, ["gone"])
    return corpuscope.open(folder)


def marked(reading: Reading) -> list[str]:
    return [reading.text[m.start : m.end] for m in reading.marks]


def all_pages(corpus: Corpus, query: Query, id: str) -> list[Reading]:
    out = [read(corpus, query, id, start=0)]
    while out[-1].end < out[-1].length:
        out.append(read(corpus, query, id, start=out[-1].end))
    return out


@pytest.mark.parametrize("is_masked", [True, False])
@pytest.mark.parametrize(
    "query",
    [
        Query(text="river emails write"),
        Query(text="rivers and floods", mode="phrase"),
        Query(text='mount* AND "in the south"~3', mode="boolean"),
        Query(text="river", mode="exact"),
        Query(text=r"[a-z.]+@rivers\S+|\w+ waves", mode="regex"),
        Query(filters=("topic=odd",)),
    ],
    ids=lambda q: q.mode if isinstance(q, Query) else str(q),
)
def test_a_short_document_is_shown_as_its_hit_is(tiny_corpus: Corpus, query: Query, is_masked: bool):
    query = replace(query, mask=is_masked, k=100)
    hits = tiny_corpus.search(query).hits
    assert hits
    for hit in hits:
        reading = read(tiny_corpus, query, hit.id)
        assert (reading.row, reading.title, reading.text) == (hit.row, hit.title, hit.snippet)
        assert [(m.start, m.end) for m in reading.marks] == hit.highlights
        assert {f.field.name: f.value for f in reading.fields} == hit.fields


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        (Query(text="rivers dams"), r"\b(?:river|dam)\b|\w+\.\w+@rivers\.org"),
        (Query(text="dam at the river", mode="phrase"), "dam at the river"),
        (Query(text="bro*", mode="boolean"), "broke"),
        (Query(text="dam at", mode="exact"), "dam at"),
        (Query(text=r"d.m at", mode="regex"), "dam at"),
    ],
    ids=lambda q: q.mode if isinstance(q, Query) else None,
)
def test_every_match_of_a_long_text_is_found_and_marked_on_its_page(books: Corpus, query: Query, pattern: str):
    query = replace(query, mask=False)
    every = all_pages(books, query, "book")
    assert len(every) > 3
    assert all(r.knows_all_matches for r in every)
    expected = [m.span() for m in re.finditer(pattern, LONG)]
    assert every[0].matches.spans == expected if "@" not in pattern else len(every[0].matches.spans) > 100
    shown = [(r.start + m.start, r.start + m.end) for r in every for m in r.marks]
    assert shown == every[0].matches.spans
    assert [m.first for r in every for m in r.marks] == list(range(len(shown)))
    assert all(re.fullmatch(pattern, LONG[a:b]) or "rivers.org" in LONG[a - 30 : b + 30] for a, b in shown)


@pytest.mark.parametrize("is_masked", [True, False])
def test_pages_of_a_long_text_lose_and_repeat_nothing(books: Corpus, is_masked: bool):
    every = all_pages(books, Query(mask=is_masked), "book")
    assert "".join(r.text for r in every) == (mask(LONG) if is_masked else LONG)
    assert [r.start for r in every[1:]] == [r.end for r in every[:-1]]
    assert max(len(r.text) for r in every) <= 100_000
    personal = [r.text[s.start : s.end] for r in every for s in r.personal]
    assert set(personal) == ({"[EMAIL]", "[PHONE]"} if is_masked else {"jane.roe@rivers.org", "+1 415-555-2671"})
    assert len(personal) == 2 * LONG.count("jane.roe")


def test_every_place_of_a_text_lies_on_the_page_that_is_shown_for_it(books: Corpus):
    edges = [r.end for r in all_pages(books, Query(), "book")]
    for place in [-5, 0, 1, *(edge + by for edge in edges for by in (-1, 0, 1)), 10**12]:
        reading = read(books, Query(), "book", start=place)
        assert reading.start <= max(0, min(place, len(LONG) - 1)) < reading.end


TEXTS = st.lists(
    st.sampled_from(
        ["river", " ", "\n", "\n\n", "jane@mail.net", "e\u0301\u0301", "\U0001f600", "8.8.4.4", "x" * 40, ". "]
    )
).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_any_text_is_paged_whole(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setattr(pages, "PAGE", 60)
    monkeypatch.setattr(pages, "_SLACK", 20)
    assume(all(span.end - span.start <= 30 for span in spans(text)))  # longer ones are cut
    shown, at = [], 0
    while True:
        start, end = pages.page_at(text, at)
        assert start == at and (end > start or not text)
        assert {pages.page_at(text, place) for place in range(start, end)} <= {(start, end)}
        shown.append(corpuscope.masking.mask_window(text, start, end, [])[0])
        if end == len(text):
            break
        at = end
    assert "".join(shown) == mask(text)


def test_a_document_opens_at_its_first_match(books: Corpus):
    late = LONG.rindex("jane.roe")
    reading = read(books, Query(text=LONG[late - 40 : late], mode="exact", mask=False), "book")
    first = LONG.index(LONG[late - 40 : late])
    assert reading.start <= first < reading.end
    late_only = replace(Query(mode="regex"), text=r"nobody writes it down.\n\z")
    assert read(books, late_only, "book").end == len(LONG)


def test_a_very_long_text_is_searched_around_the_page_and_that_is_known(books: Corpus, monkeypatch: pytest.MonkeyPatch):
    query = Query(text="river", mask=False)
    whole = all_pages(books, query, "book")
    monkeypatch.setattr(matches, "WHOLE_TEXT", 1_000)
    monkeypatch.setattr(matches, "BLOCK", 150_000)
    by_block = all_pages(books, query, "book")
    assert not any(r.knows_all_matches for r in by_block)
    for one, other in zip(whole, by_block, strict=True):
        assert [(m.start, m.end) for m in one.marks] == [(m.start, m.end) for m in other.marks]
        assert other.matches.start <= other.start and other.end <= other.matches.end
        assert other.matches.spans == [s for s in one.matches.spans if other.matches.start <= s[0] < other.matches.end]
    blocks = sorted({(r.matches.start, r.matches.end) for r in by_block})
    assert len(blocks) > 2
    assert [a for a, _ in blocks[1:]] == [b for _, b in blocks[:-1]]
    assert read(books, query, "book").marks


def test_a_text_of_fifty_million_characters_stays_quick(tmp_path: Path):
    text = f"{'-' * 58} a\n" * 830_000  # few words: quick to index
    text = f"{text[:30_000_000]}\nA river, jane.roe@rivers.org.\n{text[30_000_000:50_000_000]}"
    corpus = build_corpus(tmp_path / "huge", [{"id": "huge", "text": text}], annotators=())
    corpus.search(Query(text="river"))
    for query in (Query(text="rivers"), Query(text="river", mode="exact"), Query(text="river")):
        started = time.perf_counter()
        reading = read(corpus, query, "huge")
        assert time.perf_counter() - started < 3
        assert {m.lower() for m in marked(reading)} >= {"river"}
        assert "[EMAIL]" in reading.text and len(reading.text) <= 100_000
    started = time.perf_counter()
    assert read(corpus, Query(text="absent words"), "huge", start=49_000_000).matches.spans == []
    assert time.perf_counter() - started < 3


def test_more_matches_than_are_listed_are_said_to_be_cut(books: Corpus):
    reading = read(books, Query(text="[a-z]", mode="regex"), "book")
    assert reading.matches.cut and not reading.knows_all_matches
    assert (reading.matches.start, reading.matches.end) == (reading.start, reading.end)


def test_titles_are_marked_and_masked_together(books: Corpus):
    reading = read(books, Query(text="river"), "book")
    assert reading.title == "Of rivers, by [EMAIL]"
    assert [reading.title[a:b] for a, b in reading.title_marks] == ["rivers"]
    assert read(books, Query(text="river", mode="exact"), "book").title_marks == []


def test_masked_values_are_known_to_be_masked(books: Corpus):
    fields = {f.field.name: f for f in read(books, Query(), "note").fields}
    assert (fields["contact"].value, fields["contact"].is_masked) == ("[EMAIL]", True)
    assert (fields["year"].value, fields["year"].is_masked) == (1999, False)
    shown = {f.field.name: f for f in read(books, Query(mask=False), "note").fields}
    assert (shown["contact"].value, shown["contact"].is_masked) == ("jane.roe@rivers.org", False)


def test_numbers_stand_among_those_of_all_documents_that_are_shown(books: Corpus, tiny_corpus: Corpus):
    standing = {f.field.name: f.standing for f in read(tiny_corpus, Query(), "doc-7").fields}
    assert standing["rank_b"] == Standing(lower=7, same=1, of=29)
    assert standing["good"] is None and standing["topic"] is None
    scores = [row["score_a"] for row in TINY if row.get("score_a") is not None]
    assert standing["score_a"] == Standing(sum(s < 0.7 for s in scores), 1, len(scores))
    note = {f.field.name: f.standing for f in read(books, Query(), "note").fields}
    assert note["year"] == Standing(lower=0, same=1, of=1)  # the one that was taken down does not count


def test_the_record_is_masked_json_with_every_value(tiny_corpus: Corpus):
    record = read(tiny_corpus, Query(), "mail").record()
    assert record["text"] == "Write to [EMAIL] or call [PHONE] about the river."
    assert (record["id"], record["topic"]) == ("mail", "odd")
    assert read(tiny_corpus, Query(), "doc-1").record()["date"] == "2011-02-15T00:00:00Z"


@pytest.mark.parametrize("query", [Query(), Query(text="note"), Query(text="note", mode="exact")])
def test_a_document_that_is_not_shown_is_no_document(books: Corpus, query: Query):
    with pytest.raises(UnknownDocument, match="'gone' was suppressed"):
        read(books, query, "gone")
    with pytest.raises(
        UnknownDocument, match=r"no document 'notf' in books@.*Ids near it: book, note\.|Ids near it: note"
    ):
        read(books, query, "notf")
    with pytest.raises(UnknownDocument) as error:
        read(books, query, "gona")
    assert "gone" not in str(error.value)


ORDERS = [
    Query(text="river mountains"),
    Query(text="river mountains", filters=("topic=odd,sports",)),
    Query(text="river", sort="rank_b:desc"),
    Query(sample=7, seed=3),
    Query(text="river", mode="exact"),
    Query(text='topic:odd OR "about rivers"', mode="boolean"),
    Query(where="rank_b > 5", sort="title"),
    Query(),
]


@pytest.mark.parametrize("query", ORDERS, ids=str)
def test_neighbours_follow_the_order_of_the_search(tiny_corpus: Corpus, query: Query):
    hits = tiny_corpus.search(replace(query, k=100)).hits
    expected = [(h.id, h.rank) for h in hits]
    assert len(expected) > 3
    for i, hit in enumerate(hits):
        for at in (hit.rank, None, 10**9, -1):  # a place that is wrong or not given is found out
            found = find_neighbours(tiny_corpus, query, hit.row, at)
            assert (found.at, found.total) == (hit.rank, len(hits))
            beside = [n and (n.id, n.at) for n in (found.previous, found.next)]
            assert beside == [expected[i - 1] if i else None, expected[i + 1] if i + 1 < len(hits) else None]


def test_a_document_that_left_the_hits_still_has_its_old_neighbours(tiny_corpus: Corpus):
    hits = tiny_corpus.search(Query(text="river", k=100)).hits
    left = replace(Query(text="river"), filters=(f"id!={hits[3].id}",))
    found = find_neighbours(tiny_corpus, left, hits[3].row, at=4)
    assert found.at is None
    assert (found.previous and found.previous.id, found.next and found.next.id) == (hits[2].id, hits[4].id)
    assert (found.previous and found.previous.at, found.next and found.next.at) == (3, 4)
    unknown = find_neighbours(tiny_corpus, left, hits[3].row)
    assert (unknown.previous, unknown.next) == (None, None)


def test_texts_are_scanned_once_for_all_documents_of_a_search(tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch):
    query = Query(text="mountains in", mode="exact")
    hits = tiny_corpus.search(query).hits
    find_neighbours(tiny_corpus, query, hits[0].row, 1)
    monkeypatch.setattr("corpuscope.scan.scan", lambda *_, **__: pytest.fail("the texts are read again"))
    assert find_neighbours(tiny_corpus, replace(query, offset=10, facets=("topic",)), hits[1].row, 2).at == 2


def test_every_tiny_document_can_be_read(tiny_corpus: Corpus):
    hits = tiny_corpus.search(Query(k=100)).hits
    assert len(hits) == len(TINY)
    for hit in hits:
        assert read(tiny_corpus, Query(mask=False), hit.id).text == tiny_corpus.documents.read([hit.row])[0].text
    assert len(hits) < neighbours.FAR
