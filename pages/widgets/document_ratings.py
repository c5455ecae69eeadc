"""A document's ratings as HTML: by system and folded, each on a scale of the corpus, and why a filter dropped it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpuscope.fields import Field
from corpuscope.links import Link
from corpuscope.ratings.kinds import SOURCE, RatingGroup, is_decision, rating_groups
from corpuscope.reading.records import FieldValue, Reading, Reason
from corpuscope.rules import KEEP, failed_field
from corpuscope.wording import counted
from pages.widgets import wording
from pages.widgets.about_rating import RELATIONS, about_html, group_title
from pages.widgets.document_fields import written
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element
from pages.widgets.standing_scale import scale

#: Smaller groups without a decision stand among the other fields.
_FEW = 3


def folded_groups(fields: Mapping[str, Field]) -> tuple[RatingGroup, ...]:
    """The groups of ratings that stand apart from other fields: systems with a decision, and large ones."""
    groups = (g for g in rating_groups(fields.values()) if g.name != SOURCE)
    return tuple(g for g in groups if len(g.fields) >= _FEW or is_decision(g.fields[0], fields))


def names_in(groups: Iterable[RatingGroup]) -> frozenset[str]:
    """The fields that `ratings_html` shows: the ratings, and the reasons beside decisions."""
    groups = tuple(groups)
    return frozenset(f.name for g in groups for f in g.fields) | {failed_field(g.name) for g in groups}


def ratings_html(link: Link, groups: Sequence[RatingGroup], reading: Reading) -> Html | None:
    """The groups of ratings that have a value here; those with something against the document are open."""
    known = {v.field.name: v for v in reading.fields if v.value is not None}
    drawn = []
    for group in groups:
        rated = [known[f.name] for f in group.fields if f.name in known]
        reasons = [r for r in reading.reasons if r.rule.system == group.name]
        drawn += [_group(link, group.name, rated, reasons)] if rated else []
    return element("section", element("h3", "Ratings"), *drawn) if drawn else None


def _group(link: Link, name: str, rated: Sequence[FieldValue], reasons: Sequence[Reason]) -> Html:
    decision = next((v for v in rated if v.field.name == name), None)
    others = [v for v in rated if v is not decision]
    told = counted(len(others), "rating") if decision is None else _verdict(str(decision.value))
    summary = element("summary", element("b", datum(group_title(name))), " ", told)
    against = decision is not None and decision.value != KEEP
    why = element("ol", *(_reason(link, r) for r in reasons), class_="reasons") if reasons else None
    about = None if decision is None else about_html(decision.field)
    rows = element("dl", *(_row(v, name) for v in others))
    if reasons:  # the values that matter stand with them
        values = element("summary", counted(len(others), "value"))
        rows = element("details", values, rows, class_="rating-values", data_name=f"values {name}")
    body = (summary, why, about, rows)
    return element("details", *body, class_="rating-system", open=against, data_name=f"system {name}")


def _verdict(decision: str) -> Html:
    return element("span", datum(decision), class_="verdict" if decision == KEEP else "verdict against")


def _reason(link: Link, reason: Reason) -> Html:
    """A rule that fails: what it wants, what it found, and the way to the places in the text."""
    rule = reason.rule
    found = "–" if reason.value is None else wording.value(reason.value.value)
    wanted = f"{RELATIONS[rule.keep]} {wording.value(rule.threshold)}"
    numbers = ("found ", element("b", found), f", kept when {wanted}")
    return element(
        "li",
        element("p", datum(rule.reason), class_="rule"),
        element("p", rule.meaning),
        element("p", *numbers, class_="quiet", title=f"{rule.value}. {rule.source}"),
        _places(link, reason),
    )


def _places(link: Link, reason: Reason) -> Html:
    """The way to what shows the reason, and back."""
    if reason.places == 0:
        return element("p", "It is about the whole text: no place shows it.", class_="quiet")
    is_shown = link.why == reason.key
    there = replace(link, why=None if is_shown else reason.key, start=None)
    number = "the places" if reason.places is None else counted(reason.places, "place")
    label = "Mark them no longer" if is_shown else f"Mark {number} in the text"
    pressed = "true" if is_shown else "false"
    return door(there, label, class_="way", data_name=f"why {reason.key}", role="button", aria_pressed=pressed)


def _row(value: FieldValue, system: str) -> Html:
    """One rating; the name of its system, which all of a group share, is left out."""
    shown, _ = written(value.field, value.value)
    short = value.field.name.removeprefix(f"{system}_").removeprefix(f"{system}.").replace("_", " ")
    name = about_html(value.field, short) or datum(short)
    return element("div", element("dt", name, title=value.field.name), element("dd", shown), scale(value))
