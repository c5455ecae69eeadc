"""The Export page as HTML: what is foreseen, jobs on their way, past exports, a recipe to read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpuscope.errors import CorpuscopeError
from corpuscope.export.foreseen import Foreseen
from corpuscope.links import SEARCH, Link
from corpuscope.query import Query
from corpuscope.sessions.records import Export
from corpuscope.wording import counted, partly
from pages.widgets import download, summary_view, wording
from pages.widgets.export_jobs import AT_ONCE, KEPT_BYTES, KEPT_S, Job
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

_DIGEST = 12
_ORDERS = {
    "row": "in corpus order",
    "rank": "best match first",
    "sort": "in the order of the search",
    "seed": "in the order of the draw",
}


def subject_html(link: Link) -> Html:
    """What is exported, in words."""
    return join([element("p", datum(_what(link.query)), class_="subject"), summary_view.pills(link)])


def foreseen_html(foreseen: Foreseen, size: int) -> Html:
    """How much it is."""
    may_grow = foreseen.partial is not None and foreseen.partial.may_grow
    least = "at least " if may_grow else ""
    parts = [element("strong", f"{least}{wording.documents(foreseen.documents)}")]
    if foreseen.tokens is not None:
        tilde = "~" if foreseen.tokens.estimated else ""
        exactly = f"{foreseen.tokens.count:,} tokens" + (", estimated" if tilde else "")
        parts.append(element("span", f"{wording.compact(foreseen.tokens.count)} tokens{tilde}", title=exactly))
    how = "Estimated: some of the documents were written in this format and weighed."
    parts.append(element("span", f"about {_rounded(size)}", title=how))
    why = None
    if may_grow:
        why = element("p", "The time for reading texts ran out; the export reads them all.", class_="note warning")
    elif foreseen.partial is not None:
        why = element("p", partly(foreseen.partial), class_="note")
    return join([element("p", *_between(parts, " · "), class_="counts", role="status"), why])


def nothing_html(link: Link) -> Html:
    """What stands there when no document matches."""
    change = join([door(link.to(SEARCH), "Change the search"), ": there is nothing to export yet."])
    return summary_view.notice("empty", "No document matches", change)


def first_of(order: str, query: Query) -> str:
    """What the first N documents are."""
    if order == "sort" and query.sort is not None:
        return f"the first by {query.sort.field}, {'highest' if query.sort.descending else 'lowest'} value first"
    if order == "seed":
        return f"the first of the draw with seed {query.seed}"
    return "the best matches" if order == "rank" else "the first in corpus order"


def recipe_html(recipe: Mapping[str, Any], title: str, *, is_open: bool = False) -> Html:
    """A recipe to read; what is known only when the file is written says so."""
    lines = [join([element("dt", name), element("dd", datum(value))]) for name, value in _recipe_lines(recipe)]
    body = element("dl", *lines, class_="recipe")
    return element("details", element("summary", title), body, class_="recipe-text", open=is_open)


def running_html(jobs: Sequence[Job]) -> Html:
    """Exports on their way."""
    items = [element("li", *_running(job), class_="job", data_job=job.id) for job in jobs]
    return element("section", element("h3", "Being written"), element("ol", *items), class_="jobs")


def files_html(jobs: Sequence[Job]) -> Html:
    """Exports that are over: files to fetch, and what became of the others."""
    about = f"Files are kept for {wording.duration(KEPT_S)}, {_rounded(KEPT_BYTES)} in all; the oldest go first."
    items = [element("li", *_over(job), class_=f"job {job.state}", data_job=job.id) for job in jobs]
    note = element("p", about, class_="quiet")
    return element("section", element("h3", "Files"), element("ol", *items), note, class_="jobs")


def past_html(link: Link, session: str, exports: Sequence[Export]) -> Html:
    """What this session exported so far, the latest first."""
    names = ("When", "What", "Documents", "File", "Digest", "")
    head = element("tr", *(element("th", n, class_="number" if n == "Documents" else None) for n in names))
    rows = [_past_row(link, session, e) for e in reversed(exports)]
    table = element("table", element("thead", head), element("tbody", *rows))
    return element(
        "section", element("h3", "Exports of this session"), element("div", table, class_="scroll"), class_="sheet"
    )


def _what(query: Query) -> str:
    if not query.looks_for_something:
        return "All documents" if not query.filters and not query.where else "All documents that pass the conditions"
    what = f"that match “{' '.join(query.text.split())}”" if query.has_text else "like the examples"
    return f"Documents {what} ({query.mode})"


def _running(job: Job) -> Iterator[Html]:
    yield _head(job, None if job.cancelled.is_set() else _act("cancel", job.id, "Cancel"))
    count = job.order.documents
    share = {} if count is None else {"max": max(1, count), "value": job.written}
    yield element("progress", aria_label="Documents written", **share)
    yield element("p", _progress(job))


def _over(job: Job) -> Iterator[Html]:
    yield _head(job, _act("drop", job.id, "Remove"))
    if job.state == "done":
        yield _done(job)
    elif job.state == "failed":
        yield element("p", datum(job.message), class_="failure", role="alert")
    else:
        yield element("p", "Cancelled; nothing of it was kept.")


def _head(job: Job, way_out: Html | None) -> Html:
    title = element("span", datum(job.order.title), class_="quiet")
    return element("header", element("b", datum(job.order.file_name)), title, way_out)


def _progress(job: Job) -> str:
    if job.cancelled.is_set():
        return "Stopping …"
    if job.state == "waiting":
        return f"Waits: {AT_ONCE} exports are written at a time."
    if not job.written:
        return "Finding the documents …"
    rate = job.written / max(job.seconds, 1e-3)
    pace = f"{wording.compact(round(rate))} documents a second"
    if job.order.documents is None:
        return f"{wording.documents(job.written)} so far · {pace}"
    told = f"{job.written:,} of {wording.documents(job.order.documents)}"
    left = job.order.documents - job.written
    return (
        f"{told} · finishing the file …"
        if left <= 0
        else f"{told} · {pace} · about {wording.duration(left / rate)} left"
    )


def _done(job: Job) -> Html:
    assert job.recipe is not None
    masked = f"{job.recipe.masked_spans:,} spans of personal data masked" if job.recipe.masked else "nothing masked"
    weight, took = wording.size(job.size), wording.duration(job.seconds)
    told = f"{wording.documents(job.recipe.documents_written)} · {weight} · {masked} · written in {took}"
    if job.path is None:
        links: Html = element("p", "The file was deleted to make room for newer ones.", class_="quiet")
    else:
        left = max(0.0, job.ended + KEPT_S - time.time())
        links = element(
            "p",
            element("a", "Download", class_="button", href=download.file_address(job.id), data_name=f"get {job.id}"),
            element("a", "Recipe", href=download.recipe_address(job.id), data_name=f"recipe {job.id}"),
            element("span", f"kept for {wording.duration(left)} more", class_="quiet"),
            class_="download",
        )
    said = element("p", datum(job.message)) if job.message else None
    return join([element("p", told), said, links, recipe_html(job.recipe.to_json(), "Read the recipe")])


def _past_row(link: Link, session: str, past: Export) -> Html:
    recipe = past.recipe
    try:
        query = Query.from_json(recipe["query"])
        what: Html = door(link.to(SEARCH, query), datum(query.in_words()))
    except (CorpuscopeError, KeyError):
        what = element("span", "a query of another version of this program", class_="quiet")
    digest = str(recipe.get("rows_sha256", ""))
    fetch = element("a", "recipe", href=download.past_recipe_address(session, past.id), data_name=f"past {past.id}")
    kept = "masked" if recipe.get("masked") else "not masked"
    return element(
        "tr",
        element("td", wording.when(past.at), class_="type"),
        element("td", what),
        element("td", f"{int(recipe.get('documents_written') or 0):,}", class_="number"),
        element("td", datum(past.file_name), element("span", kept, class_="example")),
        element("td", element("code", digest[:_DIGEST], title=f"SHA-256 of the documents: {digest}")),
        element("td", _act("replay", past.id, "replay"), " · ", fetch, class_="type"),
    )


def _recipe_lines(recipe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A recipe's parts in words."""
    later = "known when the file is written"
    yield "corpus", recipe["corpus"]
    yield "query", Query.from_json(dict(recipe["query"])).in_words()
    yield "order", _ORDERS.get(recipe["order"], recipe["order"])
    yield "limit", "none" if recipe["limit"] is None else wording.documents(recipe["limit"])
    yield "fields", ", ".join(["id", "text", *recipe["fields"]])
    yield "format", recipe["format"]
    yield "personal data", "masked" if recipe["masked"] else "as it is"
    if recipe.get("marks"):
        yield "labels and bookmarks", f"{len(recipe['marks']):,} steps of marking go along"
    yield "computed by", ", ".join(f"{n} {v}" for n, v in recipe["annotators"].items()) or "no annotator"
    parts = max((len(v) for v in recipe["fingerprints"].values()), default=0)
    yield "fingerprints", f"{', '.join(recipe['fingerprints'])} of {counted(parts, 'part')}"
    yield "program", recipe["program"]
    yield "documents foreseen", f"{recipe['documents_foreseen']:,}"
    yield "documents written", f"{recipe['documents_written']:,}" if "documents_written" in recipe else later
    yield "spans masked", f"{recipe['masked_spans']:,}" if "masked_spans" in recipe else later
    yield "SHA-256 of the documents", recipe.get("rows_sha256", later)
    yield "SHA-256 of the file", recipe.get("file_sha256", later)


def _rounded(size: int) -> str:
    """Bytes to two digits, which is what an estimate is good for: 811,700 -> 810 kB."""
    return wording.size(float(f"{size:.2g}")).replace(".0 ", " ")


def _act(name: str, value: object, label: str) -> Html:
    written = str(value)
    return element(
        "button", label, type="button", class_="plain", data_act=name, data_value=written, data_name=f"{name} {written}"
    )


def _between(parts: Sequence[Html], separator: str) -> Iterator[object]:
    for i, part in enumerate(parts):
        if i:
            yield separator
        yield part
