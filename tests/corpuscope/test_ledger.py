"""What rules remove, against brute force over plain Python rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuscope import Corpus, Filter, Query
from corpuscope.errors import InvalidQuery, UnknownField, UsageError
from corpuscope.ledger.counts import Amount
from corpuscope.ledger.ledger import MOST_RULES, Ledger, flipped, negated
from corpuscope.ledger.proposals import proposed_rule
from corpuscope.ledger.tally import Tally
from corpuscope.sessions.marks import with_marks
from corpuscope.sessions.records import Marking
from tests.conftest import build_corpus


def _row(i: int) -> dict[str, Any]:
    """A row whose values are a fixed scramble of its number."""
    h = [(i * 2654435761 >> s) % 97 for s in (3, 7, 11, 15)]
    return {
        "id": f"r{i}",
        "text": " ".join(["river", "dam", "law"][(h[0] + j) % 3] for j in range(1 + h[1] % 9)),
        "number": h[1] % 12 - 4 if h[2] % 4 else None,
        "real": h[2] / 7 if h[3] % 5 else None,
        "kind": ["a", "b", "c,d"][h[3] % 3] if h[0] % 6 else None,
        "many": [h[0] % 5, h[1] % 5][: h[2] % 3],
    }


ROWS = [_row(i) for i in range(300)]


def _at_least(name: str, bound: float) -> tuple[str, Any]:
    return f"{name}>={bound}", lambda r: r[name] is not None and r[name] >= bound


def _at_most(name: str, bound: float) -> tuple[str, Any]:
    return f"{name}<={bound}", lambda r: r[name] is not None and r[name] <= bound


conditions = st.one_of(
    st.builds(_at_least, st.sampled_from(["number", "real"]), st.integers(-5, 14)),
    st.builds(_at_most, st.sampled_from(["number", "real"]), st.integers(-5, 14)),
    st.sampled_from(
        [
            ("number>2", lambda r: r["number"] is not None and r["number"] > 2),
            ("kind=a,b", lambda r: r["kind"] in ("a", "b")),
            ("kind!=a", lambda r: r["kind"] != "a"),
            ('kind="c,d"', lambda r: r["kind"] == "c,d"),
            ("real?", lambda r: r["real"] is not None),
            ("real!?", lambda r: r["real"] is None),
            ("number=-1..3", lambda r: r["number"] is not None and -1 <= r["number"] <= 3),
            ("many>=3", lambda r: any(v >= 3 for v in r["many"])),
        ]
    ),
)
chains = st.lists(conditions, max_size=6)
starts = st.sampled_from(
    [
        (Query(), lambda r: True),
        (Query(text="river"), lambda r: "river" in r["text"]),
        (Query(text="dam", mode="exact", filters=("kind=a",)), lambda r: "dam" in r["text"] and r["kind"] == "a"),
        (Query(filters=("kind=nothing",)), lambda r: False),
    ]
)
examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build_corpus(tmp_path_factory.mktemp("ledger") / "ledger", ROWS, part_size=90)


@pytest.fixture(scope="module")
def tokens(corpus: Corpus) -> list[int]:
    return [int(n) for n in corpus.catalog.values("tokens", np.arange(len(ROWS)))]


def _amount(rows: list[int], tokens: list[int]) -> Amount:
    return Amount(len(rows), sum(tokens[i] for i in rows))


def _value(row: dict[str, Any], rule: str) -> Any:
    value = row[Filter.parse(rule).field]
    return None if value == [] else value


@examples
@given(start=starts, chain=chains)
def test_every_amount_of_every_rule(corpus: Corpus, tokens: list[int], start: Any, chain: Any):
    counts = Tally(corpus, Ledger(start=start[0], rules=tuple(text for text, _ in chain))).counts
    begun = [i for i, row in enumerate(ROWS) if start[1](row)]
    failed = {i: [n for n, (_, is_kept) in enumerate(chain) if not is_kept(ROWS[i])] for i in begun}
    assert counts.start == _amount(begun, tokens)
    assert counts.kept == _amount([i for i in begun if not failed[i]], tokens)
    for n, (its, (rule, _)) in enumerate(zip(counts.rules, chain, strict=True)):
        assert its.removed == _amount([i for i in begun if failed[i][:1] == [n]], tokens)
        assert its.alone == _amount([i for i in begun if n in failed[i]], tokens)
        assert its.only == _amount([i for i in begun if failed[i] == [n]], tokens)
        nothing = [i for i in begun if n in failed[i] and _value(ROWS[i], rule) is None]
        assert its.without_value == _amount(nothing, tokens)
        assert its.left == _amount([i for i in begun if not failed[i] or failed[i][0] > n], tokens)


@examples
@given(start=starts, chain=chains, order=st.randoms())
def test_order_changes_only_what_a_rule_removes_in_the_chain(corpus: Corpus, start: Any, chain: Any, order: Any):
    texts = [text for text, _ in chain]
    shuffled = order.sample(texts, len(texts))
    one, other = (Tally(corpus, Ledger(start=start[0], rules=tuple(r))).counts for r in (texts, shuffled))
    assert one.kept == other.kept
    assert {(str(r.rule), r.alone, r.only) for r in one.rules} == {(str(r.rule), r.alone, r.only) for r in other.rules}
    for counts in (one, other):
        assert sum(r.removed.documents for r in counts.rules) == counts.start.documents - counts.kept.documents
        assert sum(r.removed.tokens for r in counts.rules) == counts.start.tokens - counts.kept.tokens


@examples
@given(start=starts, chain=chains.filter(len), part=st.sampled_from(["only", "shared", "kept"]), data=st.data())
def test_the_parts_of_a_rule_and_the_queries_that_select_them(
    corpus: Corpus, start: Any, chain: Any, part: Any, data: Any
):
    ledger = Ledger(start=start[0], rules=tuple(text for text, _ in chain))
    index = data.draw(st.integers(0, len(chain) - 1))
    failed = [[n for n, (_, is_kept) in enumerate(chain) if not is_kept(row)] for row in ROWS]
    wanted = {"only": lambda f: f == [index], "shared": lambda f: index in f and len(f) > 1}
    is_part = wanted.get(part, lambda f: index not in f)
    rows = [i for i, row in enumerate(ROWS) if start[1](row) and is_part(failed[i])]
    tally = Tally(corpus, ledger)
    assert np.flatnonzero(tally.part(index, part)).tolist() == rows
    query = ledger.query_of(index, part)
    if query is not None:
        assert corpus.search(query).total == len(rows)
    assert {h.row for h in tally.sample(index, part, n=4)} <= set(rows)


@examples
@given(start=starts, chain=chains, rule=conditions)
def test_steps_are_what_the_chain_keeps_at_each_threshold(corpus: Corpus, start: Any, chain: Any, rule: Any):
    ledger = Ledger(start=start[0], rules=(*(text for text, _ in chain), rule[0]))
    given_rule = ledger.rules[-1]
    steps = Tally(corpus, ledger).steps(len(chain))
    is_number = given_rule.op in (">=", "<=", ">", "<") and given_rule.field != "many"
    assert bool(steps) == (is_number and any(start[1](r) and r[given_rule.field] is not None for r in ROWS))
    for step in steps[:: max(1, len(steps) // 4)]:
        for amount, op in ((step.above, ">"), (step.below, "<")):
            at = Filter(given_rule.field, op + given_rule.op[1:], (str(step.threshold),))
            found = corpus.search(ledger.with_rule(at, len(chain)).kept)
            assert (amount.documents, amount.tokens) == (found.total, found.tokens.count)


@examples
@given(condition=conditions)
def test_the_negation_of_a_rule_keeps_exactly_what_it_removes(corpus: Corpus, condition: Any):
    rule, (text, is_kept) = Filter.parse(condition[0]), condition
    opposite = negated(rule)
    assert (opposite is None) == (text == "number>2")
    if opposite is not None:
        ids = {h.id for h in corpus.search(Query(filters=(str(opposite),), k=len(ROWS))).hits}
        assert ids == {r["id"] for r in ROWS if not is_kept(r)}
    assert flipped(flipped(rule)) == rule


def test_suppressed_documents_are_not_counted(corpus: Corpus):
    ledger = Ledger(rules=("number>=0",))
    tally = Tally(corpus, ledger)
    gone = np.flatnonzero(tally.part(0, "only"))[:5]
    there = corpus.with_suppressions(0)
    there.__dict__["suppressed_rows"] = gone
    counts = Tally(there, ledger).counts
    assert counts.start.documents == len(ROWS) - 5
    assert counts.rules[0].only.documents == tally.counts.rules[0].only.documents - 5


def test_a_sample_depends_on_its_seed_and_shows_masked_snippets(tiny_corpus: Corpus):
    tally = Tally(tiny_corpus, Ledger(start=Query(text="river"), rules=("topic!=odd",)))
    one, same, other = (tally.sample(0, "only", n=3, seed=seed) for seed in (1, 1, 2))
    assert [h.id for h in one] == [h.id for h in same] != [h.id for h in other]
    everything = tally.sample(0, "only", n=50)
    assert [h.rank for h in everything] == list(range(1, len(everything) + 1))
    assert any("[EMAIL]" in h.snippet for h in everything) and not any("jane.roe" in h.snippet for h in everything)
    assert all(h.highlights for h in everything)


def test_labels_of_a_session_can_be_rules_and_leave_what_is_remembered_alone(tiny_corpus: Corpus):
    ledger = Ledger(rules=("label=good", "rank_b>=5"))
    ids = ("doc-1", "doc-7", "doc-8")
    marked = [with_marks(tiny_corpus, [Marking(kind="label", name="good", ids=ids[:n])]) for n in (2, 3)]
    assert [Tally(c, ledger).counts.kept.documents for c in marked] == [1, 2]
    assert tiny_corpus.kept["ledger.masks"].get(ledger.rules[1]) is not None
    assert tiny_corpus.kept["ledger.masks"].get(ledger.rules[0]) is None


def test_without_token_counts_documents_alone_are_counted(tmp_path: Path):
    rows = [{"id": str(i), "text": "a b", "n": i} for i in range(20)]
    tally = Tally(build_corpus(tmp_path / "bare", rows, annotators=()), Ledger(rules=("n>=5", "n<=12")))
    assert (tally.counts.start, tally.counts.kept) == (Amount(20, None), Amount(8, None))
    assert {step.threshold: step.above for step in tally.steps(0)}[10] == Amount(3, None)
    assert tally.counts.as_result().tokens is None


@pytest.mark.parametrize("field", ["date", "score_a", "rank_b"])
def test_a_proposed_rule_removes_little_of_what_has_a_value(tiny_corpus: Corpus, field: str):
    start = Query(text="document")
    rule = proposed_rule(tiny_corpus, start, field)
    counts = Tally(tiny_corpus, Ledger(start=start, rules=(rule,))).counts
    with_value = counts.start.documents - counts.rules[0].without_value.documents
    assert (rule.field, rule.op) == (field, ">=")
    assert 0.9 * with_value <= counts.kept.documents < with_value


def test_order_page_and_sample_of_the_start_are_no_part_of_a_ledger():
    plain = Ledger(start=Query(text="river"))
    assert Ledger(start=Query(text="river", sort="number", k=3, offset=5, facets=("kind",))) == plain
    assert Ledger(start=Query(text="river", sample=3, seed=4)) == plain


def test_rules_are_moved_replaced_and_taken_out():
    ledger = Ledger(rules=("a=1", "b=2", "c=3"))
    assert [str(r) for r in ledger.moved(0, 2).rules] == ["b=2", "c=3", "a=1"]
    assert [str(r) for r in ledger.with_rule(Filter.parse("d=4"), 1).rules] == ["a=1", "d=4", "c=3"]
    assert [str(r) for r in ledger.without_rule(1).with_rule(Filter.parse("d=4")).rules] == ["a=1", "c=3", "d=4"]


def test_what_cannot_be_a_rule_says_so(corpus: Corpus):
    with pytest.raises(UnknownField, match="Did you mean number"):
        Tally(corpus, Ledger(rules=("numbr>=2",)))
    with pytest.raises(InvalidQuery, match="'much', which is not a number"):
        Tally(corpus, Ledger(rules=("number>=much",)))
    with pytest.raises(InvalidQuery, match="no field and operator"):
        Ledger(rules=("number",))
    with pytest.raises(UsageError, match="at most"):
        Ledger(rules=("number>=2",) * (MOST_RULES + 1))
