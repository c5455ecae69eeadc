"""A document's ratings: by system, on scales, with the rules that it fails."""

import html
import re

from corpuscope.fields import Field
from corpuscope.links import DOCUMENT, Link, from_url
from corpuscope.personal_data import Span
from corpuscope.query import Query
from corpuscope.ratings.kinds import RatingGroup
from corpuscope.reading.records import FieldValue, Matches, Reading, Reason, Standing
from corpuscope.rules import rules_of
from pages.widgets.document_ratings import folded_groups, names_in, ratings_html

SYSTEM = "gopher_quality"
LINK = Link(Query(text="x"), corpus="c", page=DOCUMENT, document="d", start=9)
DECISION = Field(name=SYSTEM, type="text", origin="rules", caveat="English <only>.", source="Rae 2021")
VALUE = Field(name=f"{SYSTEM}_words", type="int", origin="rules", meaning="Words.")
GROUP = RatingGroup(SYSTEM, (DECISION, VALUE))
RULE = next(r for r in rules_of(SYSTEM) if r.value == VALUE.name and r.keep == ">=")


def reading(decision: str, *reasons: Reason) -> Reading:
    fields = [FieldValue(DECISION, decision), FieldValue(VALUE, 12, standing=Standing(30, 20, 100))]
    spans: list[Span] = []
    return Reading("d", 0, None, [], 1, 0, 1, "x", [], spans, Matches([], 0, 1), fields, reasons)


def drawn(decision: str, *reasons: Reason, link: Link = LINK) -> str:
    return str(ratings_html(link, (GROUP,), reading(decision, *reasons)))


def why(markup: str) -> Link:
    return from_url(html.unescape(re.search(r'href="([^"]*)"[^>]*data-name="why', markup)[1]))


def test_a_kept_document_s_ratings_are_folded():
    markup = drawn("keep")
    assert re.search(r'<details class="rating-system" data-name', markup) and "reasons" not in markup
    assert ">words<" in markup and f'title="{VALUE.name}"' in markup and "Words." in markup


def test_a_dropped_document_says_why_with_value_and_threshold():
    reason = Reason(RULE, FieldValue(VALUE, 12), 3)
    markup = drawn(RULE.reason, reason)
    assert '<details class="rating-system" open' in markup
    assert f"found <b>12</b>, kept when ≥ {RULE.threshold:g}" in markup and html.escape(RULE.meaning) in markup
    assert "Mark 3 places in the text" in markup
    assert (why(markup).why, why(markup).start, why(markup).query) == (reason.key, None, LINK.query)


def test_beside_reasons_the_values_are_folded():
    markup = drawn(RULE.reason, Reason(RULE, FieldValue(VALUE, 12), 3))
    assert re.search(r'<details class="rating-values" data-name="[^"]*"><summary>1 value</summary><dl>', markup)
    assert "rating-values" not in drawn("keep")


def test_what_is_marked_can_be_marked_no_longer():
    reason = Reason(RULE, None, None)
    marked = Link(Query(), page=DOCUMENT, document="d", why=reason.key)
    markup = drawn(RULE.reason, reason, link=marked)
    assert "Mark them no longer" in markup and why(markup).why is None and "found <b>–</b>" in markup
    assert "Mark the places in the text" in drawn(RULE.reason, reason)


def test_a_reason_without_places_leads_nowhere():
    markup = drawn(RULE.reason, Reason(RULE, None, 0))
    assert "about the whole text" in markup and 'data-name="why' not in markup


def test_the_percentile_counts_half_of_those_alike():
    assert 'aria-hidden="true">P40<' in drawn("keep")
    assert Standing(30, 20, 100).percentile == 40.0


def test_caveats_are_text():
    markup = drawn("keep")
    assert "English &lt;only&gt;." in markup and "<only>" not in markup


def test_systems_and_large_groups_stand_apart():
    fields = {f.name: f for f in (DECISION, VALUE, Field(name=f"{SYSTEM}_failed", type="text", multi=True))}
    alone = {"lone": Field(name="lone", type="double", origin="other")}
    many = {f"s{i}": Field(name=f"s{i}", type="double", origin="signals") for i in range(3)}
    groups = folded_groups(fields | alone | many)
    assert [g.name for g in groups] == [SYSTEM, "signals"]
    assert names_in(groups) >= {SYSTEM, VALUE.name, f"{SYSTEM}_failed", "s0"} and "lone" not in names_in(groups)
