from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import corpuscope
from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError, ReplayRefused, UnknownField, UsageError
from corpuscope.export import recipe as recipes
from corpuscope.export.export import ExportOptions, export
from corpuscope.export.replay import replay
from corpuscope.federation import search as search_together
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.sessions.marks import MarkedCorpus, with_marks
from corpuscope.sessions.records import Marking
from indexing.maintenance import suppress
from tests.conftest import build_corpus
from tests.tiny import TINY

EVERYTHING = Query(k=100)


def label(name: str, *ids: str, query: Query | None = None, add: bool = True) -> Marking:
    return Marking(kind="label", name=name, add=add, ids=None if query else ids, query=query)


def star(*ids: str, query: Query | None = None, add: bool = True) -> Marking:
    return Marking(kind="bookmark", add=add, ids=None if query else ids, query=query)


def found(corpus: Corpus, *filters: str, **query: object) -> set[str]:
    return {h.id for h in corpus.search(Query(filters=filters, k=100, **query)).hits}


def facet(corpus: Corpus, field: str) -> dict[str | bool, int]:
    return {v.value: v.count for v in corpus.search(Query(facets=(field,))).facets[field].values}


# What queries of the brute force select, said twice: to the corpus and in Python.
Labels = dict[str, set[str]]
CONDITIONS: list[tuple[Query, Callable[[Hit, Labels, set[str]], bool]]] = [
    (Query(filters=("topic=science",)), lambda h, labels, stars: h.fields["topic"] == "science"),
    (Query(where="rank_b >= 15"), lambda h, labels, stars: (h.fields["rank_b"] or 0) >= 15),
    (Query(filters=("label=a",)), lambda h, labels, stars: h.id in labels.get("a", ())),
    (Query(filters=("label!=b",)), lambda h, labels, stars: h.id not in labels.get("b", ())),
    (Query(filters=("label!?",)), lambda h, labels, stars: not any(h.id in ids for ids in labels.values())),
    (Query(filters=("bookmark=true", "rank_b<20")), lambda h, labels, stars: h.id in stars and has_rank(h, 20)),
    (
        Query(text="label:a OR bookmark:true", mode="boolean"),
        lambda h, labels, stars: h.id in labels.get("a", set()) | stars,
    ),
    (Query(where="list_contains(label, 'b')"), lambda h, labels, stars: h.id in labels.get("b", ())),
]


def has_rank(hit: Hit, below: int) -> bool:
    return hit.fields["rank_b"] is not None and hit.fields["rank_b"] < below


def random_mark(rng: random.Random, ids: list[str]) -> tuple[Marking, Callable | None]:
    kind = rng.choice(("label", "label", "bookmark"))
    about = {"kind": kind, "name": rng.choice("abc") if kind == "label" else "", "add": rng.random() < 0.7}
    if rng.random() < 0.5:
        return Marking(**about, ids=tuple(rng.choices([*ids, "gone"], k=rng.randint(0, 12)))), None
    query, condition = rng.choice(CONDITIONS)
    return Marking(**about, query=query), condition


def by_brute_force(log: list[tuple[Marking, Callable | None]], hits: list[Hit]) -> tuple[Labels, set[str]]:
    labels: Labels = {}
    stars: set[str] = set()
    for mark, condition in log:
        chosen = {h.id for h in hits if (condition(h, labels, stars) if condition else h.id in mark.ids)}
        before = stars if mark.kind == "bookmark" else labels.get(mark.name, set())
        after = before | chosen if mark.add else before - chosen
        if mark.kind == "bookmark":
            stars = after
        else:
            labels = labels | {mark.name: after}
    return {name: ids for name, ids in labels.items() if ids}, stars


@pytest.mark.parametrize("seed", range(25))
def test_any_log_means_what_python_sets_say(tiny_corpus: Corpus, seed: int):
    rng = random.Random(seed)
    hits = tiny_corpus.search(EVERYTHING).hits
    log = [random_mark(rng, [h.id for h in hits]) for _ in range(rng.randint(1, 12))]
    undone = [entry for entry in log if rng.random() < 0.8]
    for live in (log, undone, log[: len(log) // 2]):
        labels, stars = by_brute_force(live, hits)
        marked = with_marks(tiny_corpus, [mark for mark, _ in live])
        assert facet(marked, "label") == {name: len(ids) for name, ids in labels.items()}
        assert {name: found(marked, f"label={name}") for name in labels} == labels
        assert found(marked, "bookmark=true") == stars
        assert found(marked, "bookmark?") == stars
        assert {h.id: h.fields["label"] for h in marked.search(EVERYTHING).hits} == {
            h.id: sorted(n for n, ids in labels.items() if h.id in ids) or None for h in hits
        }


def test_a_label_on_a_labelled_subset(tiny_corpus: Corpus):
    marks = [
        label("candidate", query=Query(filters=("topic=science,politics",))),
        label("keep", query=Query(text="rivers", filters=("label=candidate",))),
        label("candidate", query=Query(filters=("label=keep",)), add=False),
    ]
    marked = with_marks(tiny_corpus, marks)
    both = found(tiny_corpus, "topic=science,politics")
    kept = both & found(tiny_corpus, text="rivers")
    assert kept
    assert found(marked, "label=keep") == kept
    assert found(marked, "label=candidate") == both - kept
    assert found(with_marks(tiny_corpus, marks[:2]), "label=candidate") == both


def test_a_mark_takes_every_match_whatever_sample_or_order_was_shown(tiny_corpus: Corpus):
    marked = with_marks(tiny_corpus, [star(query=Query(filters=("topic=science",), sort="rank_b", k=1))])
    assert found(marked, "bookmark=true") == found(tiny_corpus, "topic=science")


def test_marks_sort_and_count_like_any_field(tiny_corpus: Corpus):
    marked = with_marks(tiny_corpus, [label("b", "doc-5"), label("a", "doc-7", "doc-5"), star("doc-9")])
    hits = marked.search(Query(sort="label", k=3)).hits
    assert [h.id for h in hits[:2]] == ["doc-5", "doc-7"]
    assert hits[0].fields["label"] == ["a", "b"]
    assert [h.fields["bookmark"] for h in marked.search(Query(sort="bookmark", k=2)).hits] == [True, None]
    assert facet(marked, "label") == {"a": 2, "b": 1}
    assert facet(marked, "bookmark") == {True: 1}
    assert marked.search(Query(where="bookmark and year(date) > 1900")).total == 1


def test_no_marks_are_two_fields_without_a_value(tiny_corpus: Corpus):
    marked = with_marks(tiny_corpus, [])
    assert found(marked, "label?") == found(marked, "bookmark?") == set()
    assert marked.search(Query(filters=("label!=keep",))).total == tiny_corpus.search(Query()).total
    assert facet(marked, "label") == {}


def test_the_corpus_itself_knows_nothing_of_marks(tiny_corpus: Corpus):
    marked = with_marks(tiny_corpus, [star("doc-1")])
    assert list(marked.fields)[-3:] == ["label", "bookmark", "review"]
    assert marked.label == tiny_corpus.label
    assert "bookmark" not in tiny_corpus.fields
    with pytest.raises(UnknownField):
        tiny_corpus.search(Query(filters=("bookmark=true",)))
    with pytest.raises(UnknownField, match="bookmark"):
        marked.search(Query(filters=("bookmarks=true",)))


def test_what_is_open_is_shared(tiny_corpus: Corpus):
    one, other = with_marks(tiny_corpus, [star("doc-1")]), with_marks(tiny_corpus, [star("doc-2")])
    assert one.documents is other.documents is tiny_corpus.documents
    assert one.lexical is other.lexical is tiny_corpus.lexical
    assert one.catalog.column("topic") is other.catalog.column("topic") is tiny_corpus.catalog.column("topic")
    assert one.catalog.where("rank_b > 3") is tiny_corpus.catalog.where("rank_b > 3")
    assert with_marks(tiny_corpus, [star("doc-1")]) is one
    assert with_marks(one, [star("doc-2")]) is other


def test_ids_and_queries_that_the_corpus_does_not_know_are_passed_over_and_told(tiny_corpus: Corpus):
    marks = [star("doc-1", "gone", "gone", "also gone"), label("x", query=Query(filters=("no_such_field>0.5",)))]
    marked = with_marks(tiny_corpus, marks)
    assert found(marked, "bookmark=true") == {"doc-1"}
    assert marked.lost.ids == 2
    assert len(marked.lost.errors) == 1
    assert "no_such_field" in marked.lost.errors[0]


def test_many_ids_are_found_as_few_are(tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch):
    ids = [h.id for h in tiny_corpus.search(EVERYTHING).hits][::2]
    few = with_marks(Corpus(tiny_corpus.folder, tiny_corpus.manifest), [star(*ids, "gone")])
    monkeypatch.setattr("corpuscope.sessions.marks._FEW", 1)
    many = with_marks(Corpus(tiny_corpus.folder, tiny_corpus.manifest), [star(*ids, "gone")])
    assert found(few, "bookmark=true") == found(many, "bookmark=true") == set(ids)
    assert few.lost == many.lost


def test_marks_of_another_corpus_are_left_out(tiny_corpus: Corpus):
    marks = [replace(star("doc-1"), corpus="tiny"), replace(star("doc-2"), corpus="another")]
    assert found(with_marks(tiny_corpus, marks), "bookmark=true") == {"doc-1"}


def test_names_that_the_source_has_are_its_own(tmp_path: Path):
    rows = [{"id": f"d{i}", "text": f"text {i}", "label": "spam" if i % 2 else "ham"} for i in range(6)]
    corpus = build_corpus(tmp_path / "own", rows)
    marked = with_marks(corpus, [label("keep", "d1", "d2"), label("odd", query=Query(filters=("label=spam",)))])
    assert found(marked, "label=spam") == {"d1", "d3", "d5"}
    assert found(marked, "session.label=keep") == {"d1", "d2"}
    assert found(marked, "session.label=odd") == {"d1", "d3", "d5"}
    recipe = export(marked, Query(filters=("label=spam",)), tmp_path / "a.csv", ExportOptions(("label",)))
    assert recipe.marks is None
    recipe = export(marked, Query(filters=("session.label=keep",)), tmp_path / "b.csv", ExportOptions(()))
    assert replay(recipe, corpus, tmp_path / "c.csv").recipe == recipe


def test_suppressed_documents_stay_out_of_sight(tmp_path: Path):
    corpus = build_corpus(tmp_path / "s", TINY)
    suppress(corpus.folder, ["doc-1"])
    now = corpuscope.open(corpus.folder)
    marked = with_marks(now, [star("doc-1", "doc-2"), label("all", query=Query())])
    assert found(marked, "bookmark=true") == {"doc-2"}
    assert facet(marked, "bookmark") == {True: 1}
    assert facet(marked, "label") == {"all": now.search(Query()).total}


def test_several_corpora_are_searched_with_their_marks(tiny_corpus: Corpus, tmp_path: Path):
    other = build_corpus(tmp_path / "other", TINY[:10])
    marks = [replace(star("doc-1"), corpus="tiny"), replace(star("doc-2", "doc-3"), corpus="other")]
    result = search_together(
        [with_marks(tiny_corpus, marks), with_marks(other, marks)],
        Query(filters=("bookmark=true",), facets=("bookmark",)),
    )
    assert {(h.corpus, h.id) for h in result.hits} == {("tiny", "doc-1"), ("other", "doc-2"), ("other", "doc-3")}
    assert [v.count for v in result.facets["bookmark"].values] == [3]


MARKS = [
    label("keep", query=Query(text="rivers")),
    label("keep", "doc-3", "nul"),
    label("no", query=Query(filters=("label=keep", "topic=sports"))),
    star("doc-3", query=None),
    star("doc-4"),
]


@pytest.mark.parametrize("name", ["x.parquet", "x.jsonl", "x.csv", "x.arrow", "folder"])
@pytest.mark.parametrize("limit", [None, 5])
def test_an_export_of_marks_is_made_again_without_the_session(
    tiny_corpus: Corpus, tmp_path: Path, name: str, limit: int | None
):
    marked = with_marks(tiny_corpus, MARKS)
    query = Query(filters=("label=keep",), mask=False)
    recipe = export(marked, query, tmp_path / name, ExportOptions(limit=limit))
    assert recipe.documents_written == (limit or marked.search(query).total)
    assert "label" in recipe.fields
    loaded = recipes.load(tmp_path / f"{name}.recipe.json")
    assert loaded == recipe
    assert recipes.from_json(json.loads(json.dumps(recipe.to_json())), "it") == recipe
    again = replay(loaded, tiny_corpus, tmp_path / f"again-{name}")
    assert again.recipe == recipe


def test_exported_columns_hold_the_marks(tiny_corpus: Corpus, tmp_path: Path):
    marked = with_marks(tiny_corpus, MARKS)
    export(marked, Query(), tmp_path / "x.parquet", ExportOptions(("label", "bookmark")))
    table = pq.read_table(tmp_path / "x.parquet")
    hits = {h.id: h.fields for h in marked.search(EVERYTHING).hits}
    assert dict(zip(table["id"].to_pylist(), table["label"].to_pylist(), strict=True)) == {
        i: f["label"] for i, f in hits.items()
    }
    assert table["bookmark"].to_pylist() == [f["bookmark"] for f in hits.values()]
    assert any(f["label"] == ["keep", "no"] for f in hits.values())


def test_a_recipe_holds_the_marks_that_it_needs_and_no_others(tiny_corpus: Corpus, tmp_path: Path):
    marked = with_marks(tiny_corpus, MARKS)
    stars = export(marked, Query(filters=("bookmark=true",)), tmp_path / "a.csv", ExportOptions(("topic",)))
    assert [m["kind"] for m in stars.marks] == ["bookmark", "bookmark"]
    assert "index" not in stars.fingerprints
    labels = export(marked, Query(filters=("label=no",)), tmp_path / "b.csv", ExportOptions(()))
    assert [m["kind"] for m in labels.marks] == ["label"] * 3
    assert "index" in labels.fingerprints
    plain = export(marked, Query(filters=("topic=science",)), tmp_path / "c.csv", ExportOptions(("topic",)))
    bare = export(tiny_corpus, Query(filters=("topic=science",)), tmp_path / "d.csv", ExportOptions(("topic",)))
    assert plain.marks is None
    assert plain.to_bytes() == bare.to_bytes()
    assert b"marks" not in bare.to_bytes()


def test_a_bookmark_by_label_needs_both(tiny_corpus: Corpus, tmp_path: Path):
    marks = [label("keep", "doc-1", "doc-2"), star(query=Query(filters=("label=keep",)))]
    recipe = export(with_marks(tiny_corpus, marks), Query(filters=("bookmark=true",)), tmp_path / "a.csv")
    only = export(
        with_marks(tiny_corpus, marks), Query(filters=("bookmark=true",)), tmp_path / "b.csv", ExportOptions(())
    )
    for made in (recipe, only):
        assert [m["kind"] for m in made.marks] == ["label", "bookmark"]


def test_a_session_without_marks_makes_a_recipe_that_replays(tiny_corpus: Corpus, tmp_path: Path):
    recipe = export(with_marks(tiny_corpus, []), Query(filters=("label!=no",)), tmp_path / "a.csv", ExportOptions(()))
    assert recipe.marks == ()
    assert replay(recipe, tiny_corpus, tmp_path / "b.csv").recipe == recipe


def test_a_replay_minds_the_fields_that_marks_were_made_by(tmp_path: Path):
    corpus = build_corpus(tmp_path / "c", TINY)
    marked = with_marks(corpus, [label("long", query=Query(where="tokens > 9"))])
    recipe = export(marked, Query(filters=("label=long",)), tmp_path / "a.csv", ExportOptions(()))
    assert set(recipe.fingerprints) == {"documents", "tokens"}
    assert set(recipe.annotators) == {"tokens"}
    changed = replace(recipe, fingerprints=recipe.fingerprints | {"tokens": ("0" * 64,)})
    with pytest.raises(ReplayRefused, match="fields of tokens"):
        replay(changed, corpus, tmp_path / "b.csv")
    gone = replace(recipe, marks=(recipe.marks[0] | {"query": {"filters": ["gone>1"]}},))
    with pytest.raises(ReplayRefused, match="gone"):
        replay(gone, corpus, tmp_path / "b.csv")


@pytest.mark.parametrize(
    "marks",
    [3, [3], [{}], [{"kind": "label", "add": True, "ids": ["a"]}], [{"kind": "bookmark", "ids": [1]}]],
)
def test_a_recipe_with_damaged_marks_is_refused(tiny_corpus: Corpus, tmp_path: Path, marks: object):
    export(with_marks(tiny_corpus, MARKS), Query(filters=("label=no",)), tmp_path / "a.csv")
    data = json.loads((tmp_path / "a.csv.recipe.json").read_bytes())
    with pytest.raises(CorpuscopeError):
        replay(recipes.from_json(data | {"marks": marks}, "it"), tiny_corpus, tmp_path / "b.csv")


def test_a_marking_is_plain_json_and_back():
    for mark in [*MARKS, label("x", query=Query(text="a b", filters=("y=1",)), add=False), star()]:
        assert Marking.from_json(json.loads(json.dumps(mark.to_json()))) == mark
    with pytest.raises(UsageError):
        Marking.from_json({"kind": "label", "name": "x", "add": True, "ids": "abc"})


def test_one_mark_more_costs_one_lookup(tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch):
    from corpuscope.sessions import marks as module

    asked: list[Query] = []
    real = module.select
    monkeypatch.setattr(module, "select", lambda c, q, **o: (asked.append(q), real(c, q, **o))[1])
    log = [label("q", query=Query(text=f"rivers {i}")) for i in range(5)]
    corpus = Corpus(tiny_corpus.folder, tiny_corpus.manifest)
    with_marks(corpus, log)
    assert len(asked) == 5
    with_marks(corpus, [*log, star("doc-1")])
    with_marks(corpus, log[:4])
    assert isinstance(with_marks(corpus, [*log[:3], star("doc-1")]), MarkedCorpus)
    assert len(asked) == 5


def test_columns_are_aligned_with_the_documents(tiny_corpus: Corpus):
    marked = with_marks(tiny_corpus, MARKS)
    for name in ("label", "bookmark"):
        column = marked.catalog.column(name)
        assert column.rows == len(column.to_arrow()) == len(TINY)
