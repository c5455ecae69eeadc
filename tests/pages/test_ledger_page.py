"""The Ledger page: a row for each rule, every number a door to as many documents, and the way on."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpuscope.corpus import Corpus
from corpuscope.filters import Filter
from corpuscope.ledger.ledger import Ledger
from corpuscope.ledger.tally import Tally
from corpuscope.links import DOCUMENT, EXPORT, LEDGER, SEARCH, Link, from_url, to_params
from corpuscope.query import Query
from corpuscope.sessions.store import SessionStore
from pages.environment import for_app
from pages.widgets import ledger_rules, location
from pages.widgets.ledger_controls import operand
from tests.conftest import build_corpus
from tests.pages.conftest import Page

Visit = Callable[..., Page]
RULES = ("rank_b>=5", "topic=science,politics", "score_a<=2.5")
RIVER = Query(text="document", filters=("rank_b<=25",))
COUNTED = re.compile(r'<a href="([^"]*)"[^>]*data-count="(\d+)"')


@pytest.fixture
def ledger(visit: Visit) -> Visit:
    """Open the Ledger page."""

    def ledger(query: Query | None = None, rules: tuple[str, ...] = (), **params: str) -> Page:
        page = visit()
        for name, value in to_params(Link(query or Query(), rules=rules or None)).items():
            page.test.query_params[name] = value
        for name, given in params.items():
            page.test.query_params[name] = given
        page.test.switch_page("ledger.py")
        return page.run()

    return ledger


def door(markup: str, name: str) -> Link:
    """Where the link of a name leads."""
    found = re.search(rf'<a href="([^"]*)"[^>]*data-name="{re.escape(name)}"', markup)
    assert found, name
    return from_url(html.unescape(found[1]))


@pytest.mark.parametrize("query", [Query(), RIVER])
def test_every_number_leads_to_as_many_documents(ledger: Visit, serving: Corpus, query: Query):
    page = ledger(query, RULES)
    counted = COUNTED.findall(page.html("figures") + page.html("rules"))
    searches = [(from_url(html.unescape(url)), int(count)) for url, count in counted]
    searches = [(link, count) for link, count in searches if link.page == SEARCH]
    assert len(searches) >= 2 + 3 * len(RULES)
    for link, count in searches:
        assert serving.search(link.query).total == count, link.query.filters


def test_a_bar_has_the_parts_of_its_rule(ledger: Visit, serving: Corpus):
    tally = Tally(serving, Ledger(start=RIVER, rules=RULES))
    markup = ledger(RIVER, RULES).html("rules")
    for i in range(len(RULES)):
        for part in ("only", "shared", "kept"):
            size = int(tally.part(i, part).sum())
            found = re.search(rf'data-name="{part}-{i + 1}" data-count="(\d+)"', markup)
            assert (found and int(found[1]) or 0) == size
    assert f"<b>{tally.counts.rules[-1].left.documents:,}</b>" in markup


def test_a_part_shows_its_documents_and_each_opens(ledger: Visit, serving: Corpus):
    tally = Tally(serving, Ledger(start=RIVER, rules=RULES))
    page = ledger(RIVER, RULES, part="only-1", seed="4")
    markup = page.html("rules")
    wanted = [h.id for h in tally.sample(0, "only", n=10, seed=4)]
    assert re.findall(r'data-id="([^"]*)"', markup) == wanted
    opened = door(markup, f"open {wanted[0]}")
    assert (opened.page, opened.document, opened.at) == (DOCUMENT, wanted[0], 1)
    assert [h.id for h in serving.search(opened.query).hits] == wanted
    assert serving.search(door(markup, "all").query).total == int(tally.part(0, "only").sum())
    assert door(markup, "close").part is None


def test_documents_that_no_query_selects_open_by_themselves(ledger: Visit):
    markup = ledger(Query(), RULES, part="shared-2").html("rules")
    first = re.search(r'data-id="([^"]*)"', markup)
    assert first and door(markup, f"open {first[1]}").at is None
    assert "Search all of them" not in markup
    others = door(markup, "others")
    assert (others.page, others.part, others.query.seed) == (LEDGER, "shared-2", 1)


def test_controls_lead_to_the_changed_ledger(ledger: Visit):
    markup = ledger(RIVER, RULES, part="only-1").html("rules")
    first, second, third = RULES
    assert door(markup, "flip 1").rules == ("rank_b<=5", second, third)
    assert door(markup, "flip 2").rules == (first, "topic!=science,politics", third)
    assert door(markup, "down 1").rules == (second, first, third)
    assert door(markup, "up 3").rules == (first, third, second)
    assert door(markup, "remove 2").rules == (first, third)
    assert all(door(markup, n).part is None and door(markup, n).query == RIVER for n in ("flip 1", "remove 2"))
    assert 'data-name="up 1"' not in markup and 'data-name="down 3"' not in markup


def test_steps_say_what_is_kept_at_their_threshold(ledger: Visit, serving: Corpus):
    markup = ledger(Query(), RULES).html("rules")
    found = re.findall(r'title="([≥≤]) ([^ ]+) keeps ([\d,]+) document[^"]*" data-act="slid" data-value="(\d) ', markup)
    assert {(number, sign) for sign, _, _, number in found} == {("1", "≥"), ("3", "≤")}
    for sign, value, count, number in found[:: max(1, len(found) // 8)]:
        rule = replace(Filter.parse(RULES[int(number) - 1]), op=">=" if sign == "≥" else "<=", values=(value,))
        kept = Ledger(rules=RULES).with_rule(rule, int(number) - 1).kept
        assert serving.search(kept).total == int(count.replace(",", ""))


def test_what_is_kept_can_be_searched_and_exported(ledger: Visit):
    ways = ledger(RIVER, RULES).html("ways")
    kept = Ledger(start=RIVER, rules=RULES).kept
    assert (door(ways, "search").page, door(ways, "search").query) == (SEARCH, kept)
    assert (door(ways, "export").page, door(ways, "export").query) == (EXPORT, kept)


def test_a_rule_is_added_for_any_field(ledger: Visit, serving: Corpus):
    for name, rule in (("rank_b", "rank_b>=1"), ("topic", "topic=odd"), ("good", "good=true"), ("tags", "tags=red")):
        page = ledger(Query(), ("score_a?",))
        page.test.selectbox(key="ledger_field").select(name)
        page.run()
        assert page.params["rule"] == ["score_a?", rule]


def test_a_rule_is_written_and_a_wrong_one_said(ledger: Visit):
    page = ledger()
    page.test.text_input(key="ledger_expression").set_value("rank_b>=many")
    page.click("Add")
    assert "rule" not in page.params and "which is not a number" in page.html("ledger_notice")
    page.test.text_input(key="ledger_expression").set_value("rank_b>=3")
    page.click("Add")
    assert page.params["rule"] == ["rank_b>=3"] and page.html("ledger_notice") == ""
    assert page.test.text_input(key="ledger_expression").value == ""


def test_a_personal_value_is_not_proposed(monkeypatch: pytest.MonkeyPatch, ledger: Visit, tmp_path: Path):
    rows = [{"id": str(i), "text": "a b c", "by": "jane.roe@rivers.org"} for i in range(3)]
    corpus = build_corpus(tmp_path / "mails", rows)
    for name, value in for_app([corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    page = ledger()
    page.test.selectbox(key="ledger_field").select("by")
    page.run()
    assert page.params["rule"] == ["by?"]


def test_published_sets_are_offered_where_their_fields_are(
    monkeypatch: pytest.MonkeyPatch, ledger: Visit, tmp_path: Path
):
    assert "set FineWeb quality" in ledger().html("sets")
    rows = [{"id": str(i), "text": "a b c", "gopher_quality": ["keep", "short"][i % 2]} for i in range(4)]
    corpus = build_corpus(tmp_path / "gopher", rows, annotators=("words",))
    for name, value in for_app([corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    offered = door(ledger(Query(), ("id?",)).html("sets"), "set Gopher quality")
    assert offered.rules == ("id?", "gopher_quality=keep")
    assert ledger(Query(), ("gopher_quality=keep",)).html("sets") == ""


@pytest.mark.parametrize(
    ("rule", "typed", "changed"),
    [
        ("rank_b>=5", "7", "rank_b>=7"),
        ("topic=a", 'b, "c,d"', 'topic=b,"c,d"'),
        ("rank_b=2..4", "3..", "rank_b=3.."),
        ('"od d"<=5', "6", '"od d"<=6'),
    ],
)
def test_a_typed_operand_changes_the_rule_alone(rule: str, typed: str, changed: str):
    parsed = Ledger(rules=(rule,)).rules[0]
    assert str(ledger_rules._typed(parsed, typed)) == changed
    assert ledger_rules._typed(parsed, operand(parsed)) == parsed


def test_the_second_of_two_quick_changes_keeps_the_first(serving: Corpus, monkeypatch: pytest.MonkeyPatch):
    drawn, now = Link(Query(), page=LEDGER, rules=("rank_b>=5", "score_a<=2")), []
    monkeypatch.setattr(location, "latest", lambda link: now[-1] if now else link)
    monkeypatch.setattr(location, "go", now.append)
    act = ledger_rules.on_act(drawn, serving, [(), ()])  # type: ignore[arg-type]  # no marks are looked at
    act("range", '["typed 1", "6", null]')
    act("range", '["typed 2", "3", null]')
    assert now[-1].rules == ("rank_b>=6", "score_a<=3")


def test_a_bar_sets_the_threshold_it_stands_for(serving: Corpus, monkeypatch: pytest.MonkeyPatch):
    now: list[Link] = []
    monkeypatch.setattr(location, "latest", lambda link: link)
    monkeypatch.setattr(location, "go", now.append)
    steps = Tally(serving, Ledger(rules=("rank_b>=5",))).steps(0)
    act = ledger_rules.on_act(Link(Query(), page=LEDGER, rules=("rank_b>=5",)), serving, [steps])  # type: ignore[arg-type]
    act("slid", "1 3")
    act("slid", "2 3")  # of a rule that is gone
    assert [link.rules for link in now] == [(f"rank_b>={steps[3].threshold}",)]


def test_a_ledger_is_a_step_that_opens_as_it_was(ledger: Visit, serving: Corpus):
    page = ledger(RIVER, RULES)
    own = page.test.session_state["exploration_own"]
    (step,) = SessionStore().steps(own)
    assert step.ledger == Ledger(start=RIVER, rules=RULES)
    assert step.total == serving.search(step.query).total
    page.test.switch_page("sessions.py")
    steps = page.run().html("steps")
    assert "Ledger of 3 rules: " in steps
    opened = door(steps, "step 1")
    assert (opened.page, opened.query, opened.rules) == (LEDGER, RIVER, RULES)


def test_without_a_rule_the_page_says_what_one_is_and_keeps_no_step(ledger: Visit):
    page = ledger(RIVER)
    assert "No rule yet" in page.html("rules") and page.html("ways") == ""
    assert SessionStore().steps(page.test.session_state["exploration_own"]) == []


def test_rules_that_cannot_be_asked_are_named_and_can_be_left_out(ledger: Visit):
    notice = ledger(RIVER, ("rank_b>=5", "rnak_b>=5", "score_a<=x")).html("error")
    assert "Rule 2: There is no field" in notice and "Did you mean rank_b" in notice and "Rule 3: " in notice
    assert door(notice, "leave out").rules == ("rank_b>=5",)
    assert "no field and operator" in ledger(RIVER, ("rank_b",)).html("error")
    assert "must be only, shared or kept" in ledger(RIVER, RULES, part="most-1").html("error")


def test_where_nothing_matches_there_is_a_way_on(ledger: Visit):
    notice = ledger(Query(text="nosuchword"), RULES).html("nothing")
    assert "No document to start from" in notice
    assert door(notice, "whole").rules == RULES


def test_a_rule_that_keeps_nothing_leads_nowhere(ledger: Visit):
    page = ledger(Query(), ("rank_b>=1000000",))
    assert "No document is kept" in page.html("ways")


def test_hostile_rules_and_fields_are_text(ledger: Visit):
    page = ledger(Query(), ('topic!="<script>alert(1)</script>"',))
    assert "<script>" not in page.html("rules") and "&lt;script&gt;" in page.html("rules")
