"""The Export page: one panel to choose in, the files on their way, and what the session exported before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError
from corpuscope.export.export import FORMATS, ExportOptions, choose
from corpuscope.export.foreseen import Foreseen, foresee
from corpuscope.links import EXPORT, SEARCH, Link
from corpuscope.selection import SCAN_BUDGET_S
from pages.widgets import exploration, export_view, location, panel, summary_view, wording
from pages.widgets.arrival import Arrival, arrive
from pages.widgets.download import RENEW_S
from pages.widgets.export_jobs import KEPT_BYTES, jobs
from pages.widgets.export_orders import all_fields, export_order, replay_order
from pages.widgets.kept import kept
from pages.widgets.safe_html import element

#: Seconds between two looks at jobs on their way.
_POLL_S = 0.5
_FORESEEN = "export_foreseen"
_SIZE = "export_size"
_NAMES = {
    ".parquet": "Parquet",
    ".jsonl": "JSON lines",
    ".jsonl.gz": "JSON lines, gzip",
    ".jsonl.zst": "JSON lines, zstd",
    ".csv": "CSV",
    ".arrow": "Arrow",
}
_FORMAT_HELP = (
    "Parquet opens with datasets, DuckDB and pandas. For a folder of shards that `datasets.load_dataset` opens by "
    "name, run `corpuscope export` with a folder as its `--out`."
)
_ALL, _CHOSEN = "All fields", "Chosen ones"


def export_page() -> None:
    """Draw the page that the URL describes."""
    place = arrive(EXPORT)
    if place is None:
        return
    link = place.link
    back = panel.door(link.to(SEARCH), "‹ Back to the search")
    panel.show(element("div", element("h3", "Export"), back, class_="headline"), key="headline")
    if place.wrong is not None:
        panel.show(summary_view.notice("error", "This link cannot be read", str(place.wrong)), key="error")
    else:
        _panel(place)
    _show_jobs(link)
    _past(link)


def _panel(place: Arrival) -> None:
    """What is exported and how."""
    link, corpus = place.link, place.corpus
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="large")
        with left:
            panel.show(export_view.subject_html(link), key="subject")
            summary = st.container()
            suffix, options = _choices(link, corpus)
        try:
            with summary, st.spinner("Counting …"):
                foreseen = _foresee(link, corpus, options)
                size = kept(_SIZE, (foreseen, suffix), lambda: foreseen.sample.bytes_in(suffix))
        except CorpuscopeError as error:
            with summary:
                panel.show(summary_view.notice("error", "This export cannot be made", str(error)), key="error")
            return
        if not foreseen.documents and foreseen.partial is None:
            with summary:
                panel.show(export_view.nothing_html(link), key="nothing")
            return
        with summary:
            panel.show(export_view.foreseen_html(foreseen, size), key="foreseen")
        with left:
            _start_button(link, corpus, options, suffix, foreseen, size)
        with right:
            known = foreseen.recipe | {"format": suffix}
            panel.show(export_view.recipe_html(known, "The recipe, which goes along", is_open=True), key="recipe")


def _choices(link: Link, corpus: Corpus) -> tuple[str, ExportOptions]:
    """Format, fields, limit and masking, as the reader has set them."""
    query = link.query
    format_, masking = st.columns(2, vertical_alignment="bottom")
    suffix: str = format_.selectbox(
        "Format", FORMATS, format_func=lambda s: _NAMES.get(s, s), key="export_format", help=_FORMAT_HELP
    )
    st.session_state.export_mask = query.mask
    masking.toggle(
        "Mask personal data",
        key="export_mask",
        on_change=_mask,
        args=(link,),
        help="E-mail, IP and phone numbers and keys become placeholders in texts, titles and text fields.",
    )
    fields = _choose_fields(corpus)
    limit = st.number_input(
        "At most this many documents",
        min_value=1,
        step=1000,
        value=None,
        placeholder="all documents",
        key="export_limit",
    )
    return suffix, ExportOptions(fields, None if limit is None else int(limit))


def _choose_fields(corpus: Corpus) -> tuple[str, ...]:
    """All fields, or those that the reader names."""
    which = st.segmented_control(
        "Fields beside id and text", (_ALL, _CHOSEN), default=_ALL, key="export_which", required=True
    )
    if which == _ALL:
        return all_fields(corpus)
    # What was chosen in another corpus may not be here.
    st.session_state.export_fields = [n for n in st.session_state.get("export_fields", ()) if n in corpus.fields]
    chosen = st.multiselect(
        "Chosen fields",
        list(corpus.fields),
        key="export_fields",
        placeholder="none: only id and text",
        label_visibility="collapsed",
    )
    return tuple(chosen)


def _start_button(
    link: Link, corpus: Corpus, options: ExportOptions, suffix: str, foreseen: Foreseen, size: int
) -> None:
    """The button, or why there is none."""
    if options.limit is not None:
        first = export_view.first_of(foreseen.recipe["order"], link.query)
        panel.show(element("p", f"With this limit: {first}.", class_="quiet"), key="first_of")
    if size > KEPT_BYTES:
        told = f"This server keeps files up to {wording.size(KEPT_BYTES)}. For larger ones run: corpuscope export"
        panel.show(summary_view.notice("hint", "Too large to fetch from here", told), key="too_large")
    else:
        known = None if foreseen.partial and foreseen.partial.may_grow else foreseen.documents
        st.button(
            "Export all that match" if known is None else f"Export {wording.documents(known)}",
            type="primary",
            icon=":material/download:",
            key="export_start",
            on_click=_start,
            args=(link, corpus, options, suffix, known),
        )


def _show_jobs(link: Link) -> None:
    """The files of this session. They are looked at often while one is on its way, else when links must be renewed."""
    session = exploration.id_of(link)
    pace = _pace(session)
    st.fragment(_jobs, run_every=pace)(session, pace)


def _jobs(session: str, pace: float | None) -> None:
    if _pace(session) != pace:
        st.rerun()
    found = jobs().of(session)
    running, over = [job for job in found if not job.is_over], [job for job in found if job.is_over]
    # Two panels: what is opened in the one stays open while the other moves on.
    if running:
        panel.show(export_view.running_html(running), key="running", on_act=partial(_act_on_job, session))
    if over:
        panel.show(export_view.files_html(over), key="files", on_act=partial(_act_on_job, session))


def _pace(session: str) -> float | None:
    """Seconds to the next look at the jobs of a session; none where there is nothing to see."""
    states = [job.is_over for job in jobs().of(session)]
    return None if not states else RENEW_S if all(states) else _POLL_S


def _past(link: Link) -> None:
    """What the session exported so far."""
    session = exploration.id_of(link)
    try:
        exports = exploration.store().exports(session)
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "Past exports cannot be read", str(error)), key="past")
        return
    if not exports:
        empty = "What you export is listed here with its recipe, and can be made again."
        panel.show(element("p", empty, class_="quiet"), key="past")
        return
    panel.show(export_view.past_html(link, session, exports), key="past", on_act=partial(_replay, link))


def _foresee(link: Link, corpus: Corpus, options: ExportOptions) -> Foreseen:
    query = link.query.without_paging()
    asked = (corpus, query, options)

    def compute() -> Foreseen:
        return foresee(choose(corpus, query, options, scan_budget_s=SCAN_BUDGET_S), FORMATS[0])

    return kept(_FORESEEN, asked, compute)


def _mask(link: Link) -> None:
    if not location.has_moved(link):
        location.go(replace(link, query=replace(link.query, mask=st.session_state.export_mask)))


def _start(link: Link, corpus: Corpus, options: ExportOptions, suffix: str, documents: int | None) -> None:
    exploration.keep(link)
    jobs().start(export_order(link, corpus, options, suffix, documents))


def _act_on_job(session: str, name: str, job_id: str) -> None:
    if name == "cancel":
        jobs().cancel(session, job_id)
    elif name == "drop":
        jobs().drop(session, job_id)


def _replay(link: Link, name: str, export_id: str) -> None:
    for past in exploration.store().exports(exploration.id_of(link)):
        if name == "replay" and str(past.id) == export_id:
            jobs().start(replay_order(link, past))
