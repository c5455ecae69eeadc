"""Totals, facets, filters and orders against brute force over plain Python rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuscope import Corpus, Query, engine, scan
from tests.conftest import build_corpus

WORDS = ["river", "flood", "dam", "mountain", "snow", "law"]
COLOURS = ["red", "green", "Blue", "a,b", "x..y", 'q"q', "é"]


def _row(i: int) -> dict[str, Any]:
    """A row whose values are a fixed scramble of its number."""
    h = [(i * 2654435761 >> s) % 97 for s in (3, 7, 11, 15, 19)]
    return {
        "id": f"r{i}",
        "text": " ".join(WORDS[(h[0] + j * h[1]) % 6] for j in range(1 + h[2] % 7)),
        "colour": COLOURS[h[1] % 7] if h[0] % 5 else None,
        "number": h[2] - 40 if h[3] % 4 else None,
        "real": h[3] / 7 if h[4] % 6 else None,
        "many": [COLOURS[(h[4] + j) % 7] for j in range(h[0] % 4)] + ([COLOURS[h[4] % 7]] if h[0] % 4 else []),
        "flag": bool(h[4] % 2) if h[1] % 9 else None,
        "date": f"{1990 + h[2] % 30}-{1 + h[3] % 12:02d}-{1 + h[4] % 28:02d}" if h[2] % 8 else None,
    }


ROWS = [_row(i) for i in range(400)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build_corpus(tmp_path_factory.mktemp("brute") / "brute", ROWS, part_size=90, annotators=())


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


colours = st.sampled_from(COLOURS)
conditions = st.one_of(
    st.builds(lambda c: (f"colour={_quoted(c)}", lambda r: r["colour"] == c), colours),
    st.builds(lambda c: (f"colour!={_quoted(c)}", lambda r: r["colour"] != c), colours),
    st.builds(lambda c: (f"colour>={_quoted(c)}", lambda r: r["colour"] is not None and r["colour"] >= c), colours),
    st.builds(
        lambda a, b: (f"number={a}..{b}", lambda r: r["number"] is not None and a <= r["number"] <= b),
        st.integers(-50, 60),
        st.integers(-50, 60),
    ),
    st.builds(lambda a: (f"number>{a}", lambda r: r["number"] is not None and r["number"] > a), st.integers(-50, 60)),
    st.builds(
        lambda a: (f"number<{a}.5", lambda r: r["number"] is not None and r["number"] < a + 0.5), st.integers(0, 60)
    ),
    st.builds(lambda a: (f"real<={a}", lambda r: r["real"] is not None and r["real"] <= a), st.floats(0, 14)),
    st.builds(lambda c: (f"many={_quoted(c)}", lambda r: c in r["many"]), colours),
    st.builds(lambda c: (f"many!={_quoted(c)}", lambda r: c not in r["many"]), colours),
    st.builds(lambda b: (f"flag={str(b).lower()}", lambda r: r["flag"] is b), st.booleans()),
    st.builds(
        lambda y: (f"date={y}", lambda r: r["date"] is not None and r["date"][:4] == str(y)), st.integers(1989, 2021)
    ),
    st.builds(
        lambda y: (f"date>{y}", lambda r: r["date"] is not None and int(r["date"][:4]) > y), st.integers(1989, 2021)
    ),
    st.builds(
        lambda y: (f"date<={y}-06", lambda r: r["date"] is not None and r["date"][:7] <= f"{y}-06"),
        st.integers(1989, 2021),
    ),
    st.sampled_from(
        [
            ("real?", lambda r: r["real"] is not None),
            ("many!?", lambda r: not r["many"]),
            ("date?", lambda r: bool(r["date"])),
        ]
    ),
)
wholes = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@wholes
@given(st.lists(conditions, max_size=3), st.sampled_from(["", *WORDS]), st.sampled_from(["keyword", "exact"]))
def test_totals_equal_brute_force(corpus, chosen, word, mode):
    wanted = [r for r in ROWS if word in r["text"] and all(holds(r) for _, holds in chosen)]
    result = corpus.search(Query(text=word, mode=mode, filters=tuple(f for f, _ in chosen), k=1000))
    assert result.total == len(wanted)
    assert {h.id for h in result.hits} == {r["id"] for r in wanted}


@wholes
@given(st.lists(conditions, max_size=3), st.sampled_from(["", *WORDS]), st.integers(1, 8))
def test_value_facets_equal_brute_force(corpus, chosen, word, limit):
    filters = tuple(f for f, _ in chosen)
    result = corpus.search(Query(text=word, filters=filters, facets=(f"colour:{limit}", f"many:{limit}"), mask=False))
    for field in ("colour", "many"):
        kept = [
            r for r in ROWS if word in r["text"] and all(holds(r) for f, holds in chosen if not f.startswith(field))
        ]
        held = [set(r["many"]) if field == "many" else {r["colour"]} - {None} for r in kept]
        counts = Counter(v for values in held for v in values)
        facet = result.facets[field]
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        assert [(v.value, v.count) for v in facet.values] == ordered[:limit]
        listed = {v.value for v in facet.values}
        assert facet.missing == sum(not values for values in held)
        assert facet.other == sum(bool(values) and not values & listed for values in held)
        assert facet.complete == (len(counts) <= limit)


@wholes
@given(st.lists(conditions, max_size=2), st.sampled_from(["", *WORDS]))
def test_bins_hold_every_match_once(corpus, chosen, word):
    filters = tuple(f for f, _ in chosen if not f.startswith(("number", "real", "date")))
    result = corpus.search(Query(text=word, filters=filters, facets=("number", "real:7", "date")))
    for facet in result.facets.values():
        assert sum(b.count for b in facet.bins) + facet.missing == result.total
        assert all(low.high == high.low for low, high in zip(facet.bins, facet.bins[1:], strict=False))
        assert sum(b.of for b in facet.bins) <= len(ROWS)


@wholes
@given(st.lists(conditions, max_size=2), st.sampled_from(["number", "real", "colour", "date"]), st.booleans())
def test_sorting_puts_missing_last_and_ties_by_row(corpus, chosen, field, descending):
    wanted = [(i, r) for i, r in enumerate(ROWS) if all(holds(r) for _, holds in chosen)]
    having = sorted((p for p in wanted if p[1][field] is not None), key=lambda p: p[1][field], reverse=False)
    if descending:
        having = sorted(having, key=lambda p: p[0])
        having = sorted(having, key=lambda p: p[1][field], reverse=True)
    expected = [r["id"] for _, r in having] + [r["id"] for _, r in wanted if r[field] is None]
    sort = f"{field}:desc" if descending else field
    hits = corpus.search(Query(filters=tuple(f for f, _ in chosen), sort=sort, k=25)).hits
    assert [h.id for h in hits] == expected[:25]


@wholes
@given(st.lists(conditions, min_size=1, max_size=2), st.sampled_from([" ".join(WORDS[:3]), "river law", "snow"]))
def test_the_filtered_top_10_is_the_exact_top_10_of_the_allowed(corpus, chosen, text):
    everything = corpus.search(Query(text=text, k=1000)).hits
    allowed = {r["id"] for r in ROWS if all(holds(r) for _, holds in chosen)}
    expected = [(h.id, h.score) for h in everything if h.id in allowed][:10]
    assert [
        (h.id, h.score) for h in corpus.search(Query(text=text, filters=tuple(f for f, _ in chosen))).hits
    ] == expected


def test_a_sample_is_drawn_from_all_matches_and_repeats(corpus):
    draw = [h.id for h in corpus.search(Query(text="river", sample=20, seed=7, k=20)).hits]
    assert draw == [h.id for h in corpus.search(Query(text="river", sample=20, seed=7, k=20)).hits]
    assert draw != [h.id for h in corpus.search(Query(text="river", sample=20, seed=8, k=20)).hits]
    assert {r["id"] for r in ROWS if "river" in r["text"]} >= set(draw)
    everything = [[h.row for h in corpus.search(Query(sample=5, seed=seed, k=5)).hits] for seed in range(40)]
    assert len({rows[0] for rows in everything}) > 30  # another seed is another draw, not the same one shifted
    assert len(set(draw)) == 20


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("number > 3 and flag", lambda r: r["number"] is not None and r["number"] > 3 and r["flag"]),
        ("length(colour) = 3", lambda r: r["colour"] is not None and len(r["colour"]) == 3),
        ("len(many) >= 2", lambda r: len(r["many"]) >= 2),
        ("year(date) = 2001", lambda r: r["date"] is not None and r["date"].startswith("2001")),
        ("number is null or real < 1", lambda r: r["number"] is None or (r["real"] is not None and r["real"] < 1)),
        ("number::double / 2 > 3", lambda r: r["number"] is not None and r["number"] > 6),
        ("cast(number as varchar) = '7'", lambda r: r["number"] == 7),
        ("try_cast(colour as int) is null", lambda r: True),
        ("date > date '2001-06-01'", lambda r: r["date"] is not None and r["date"] > "2001-06-01"),
        ("date >= timestamp '2001-06-01'", lambda r: r["date"] is not None and r["date"] >= "2001-06-01"),
        ("date + interval 1 year > '2001-06-01'::date", lambda r: r["date"] is not None and r["date"] > "2000-06-01"),
        ("many::varchar[] = ['red']", lambda r: r["many"] == ["red"]),
        ("many is null", lambda r: not r["many"]),
        ("len(list_filter(many, lambda x: x = 'red')) > 0", lambda r: "red" in r["many"]),
    ],
)
def test_where_equals_brute_force(corpus, expression, holds):
    assert corpus.search(Query(where=expression)).total == sum(bool(holds(r)) for r in ROWS)


@pytest.mark.parametrize("mode", ["exact", "regex"])
def test_texts_are_read_once_for_all_pages_of_the_same_hits(
    tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, mode: str
):
    first = tiny_corpus.search(Query(text="about", mode=mode, filters=("words>2",), k=5))
    monkeypatch.setattr(scan, "scan", lambda *_, **__: pytest.fail("the texts are read again"))
    second = tiny_corpus.search(Query(text="about", mode=mode, filters=("words>2",), k=5, offset=5))
    assert second.total == first.total > 10
    assert not {h.id for h in first.hits} & {h.id for h in second.hits}


def test_a_huge_document_is_marked_at_its_start_and_the_answer_says_so(tmp_path, monkeypatch: pytest.MonkeyPatch):
    rows = [{"id": "long", "text": "needle " + "hay " * 60 + "needle"}, {"id": "late", "text": "hay " * 60 + "needle"}]
    corpus = build_corpus(tmp_path / "long", rows)
    whole = corpus.search(Query(text="needle"))
    assert whole.notes == [] and all(h.highlights for h in whole.hits)
    monkeypatch.setattr(engine, "LOOKED_AT", 50)
    found = corpus.search(Query(text="needle"))
    assert found.total == 2 and {h.id: bool(h.highlights) for h in found.hits} == {"long": True, "late": False}
    assert found.notes == [
        "2 documents of this page are longer than 50 characters; what matched is marked in the first 50."
    ]
