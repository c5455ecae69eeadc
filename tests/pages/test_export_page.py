"""The Export page: what it foresees, what it starts, what it lists."""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.links import Link, to_params
from corpuscope.query import Query
from pages.widgets import exploration
from pages.widgets.export_jobs import ExportJobs, Job
from pages.widgets.export_orders import file_name, replay_order
from pages.widgets.export_view import running_html
from tests.pages.conftest import APP, Page

QUERY = Query(text="river", filters=("topic=odd",))
Open = Callable[..., Page]


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExportJobs]:
    """Jobs of this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = ExportJobs()
    monkeypatch.setattr("pages.widgets.export_page.jobs", lambda: found)
    yield found
    found.close()


@pytest.fixture
def open_export(serving: Corpus, jobs: ExportJobs) -> Open:
    """Open the Export page at a query, in a session."""

    def visit(query: Query = QUERY, session: str = "exportpage", **params: str) -> Page:
        test = AppTest.from_file(str(APP), default_timeout=30)
        test.switch_page("export.py")
        for name, value in (to_params(Link(query, session=session)) | {k: [v] for k, v in params.items()}).items():
            test.query_params[name] = value
        return Page(test).run()

    return visit


def done(jobs: ExportJobs, session: str = "exportpage") -> Job:
    """The newest job of a session, when it is over."""
    deadline = time.monotonic() + 10
    while not jobs.of(session)[0].is_over:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return jobs.of(session)[0]


def written(job: Job) -> list[dict]:
    assert job.path is not None, job.message
    return [json.loads(line) for line in job.path.read_bytes().split(b"\n") if line]


def start(page: Page) -> Page:
    page.test.button(key="export_start").click()
    return page.run()


def test_the_numbers_foreseen_are_those_of_the_search(open_export: Open, serving: Corpus):
    found = serving.search(QUERY)
    page = open_export()
    markup = page.html("foreseen")
    assert found.tokens is not None
    assert f"<strong>{found.total} documents</strong>" in markup
    assert f"{found.tokens.count:,} tokens~" in markup
    assert re.search(r"about [\d.,]+ (bytes|kB)", markup)
    assert "Documents that match “river” (keyword)" in page.html("subject")
    assert "topic is odd" in page.html("subject")


def test_the_file_holds_what_was_foreseen(open_export: Open, serving: Corpus, jobs: ExportJobs):
    page = open_export()
    page.test.selectbox(key="export_format").set_value(".jsonl").run()
    start(page)
    job = done(jobs)
    assert sorted(r["id"] for r in written(job)) == sorted(h.id for h in serving.search(replace(QUERY, k=100)).hits)
    assert set(written(job)[0]) == {"id", "text", *serving.fields}
    assert "Download" in page.run().html("files")


def test_limit_fields_and_masking_are_obeyed(open_export: Open, jobs: ExportJobs, serving: Corpus):
    page = open_export(Query(sort="rank_b:desc"))
    page.test.selectbox(key="export_format").set_value(".jsonl").run()
    page.test.toggle(key="export_mask").set_value(False).run()
    assert page.params["mask"] == ["no"]
    page.test.segmented_control(key="export_which").set_value("Chosen ones").run()
    page.test.multiselect(key="export_fields").set_value(["topic"]).run()
    page.test.number_input(key="export_limit").set_value(3).run()
    assert "<strong>3 documents</strong>" in page.html("foreseen")
    assert "the first by rank_b, highest value first" in page.html("first_of")
    start(page)
    job = done(jobs)
    assert job.recipe is not None and not job.recipe.masked
    rows = written(job)
    assert [r["id"] for r in rows] == [h.id for h in serving.search(Query(sort="rank_b:desc")).hits][:3]
    assert set(rows[0]) == {"id", "text", "topic"}


def test_id_and_text_alone_can_be_chosen(open_export: Open, jobs: ExportJobs):
    page = open_export()
    page.test.selectbox(key="export_format").set_value(".jsonl").run()
    page.test.segmented_control(key="export_which").set_value("Chosen ones").run()
    start(page)
    assert {key for row in written(done(jobs)) for key in row} == {"id", "text"}


def test_personal_data_is_masked_unless_told_otherwise(open_export: Open, jobs: ExportJobs):
    for mask, expected in ((True, "[EMAIL]"), (False, "jane.roe@rivers.org")):
        page = open_export(Query(filters=("id=mail",), mask=mask))
        page.test.selectbox(key="export_format").set_value(".jsonl").run()
        start(page)
        assert expected in written(done(jobs))[0]["text"]


def test_the_recipe_can_be_read_before_and_after(open_export: Open, jobs: ExportJobs):
    page = open_export()
    before = page.html("recipe")
    assert "river · topic is odd" in before and "known when the file is written" in before
    start(page)
    job = done(jobs)
    assert job.recipe is not None
    after = page.run().html("files")
    assert job.recipe.rows_sha256 in after and "known when the file is written" not in after


def test_the_export_is_kept_in_the_session(open_export: Open, jobs: ExportJobs):
    page = start(open_export(session="keepsexport"))
    job = done(jobs, "keepsexport")
    assert job.recipe is not None
    (past,) = exploration.store().exports("keepsexport")
    assert past.recipe["rows_sha256"] == job.recipe.rows_sha256
    assert job.recipe.rows_sha256[:12] in page.run().html("past")


def test_leaving_and_coming_back_finds_the_job(open_export: Open, jobs: ExportJobs):
    start(open_export(session="comesback"))
    job = done(jobs, "comesback")
    assert job.id in open_export(session="comesback").html("files")
    assert job.id not in open_export(session="anotherone").html("files")


def test_a_replay_says_that_the_documents_are_the_same(open_export: Open, jobs: ExportJobs):
    start(open_export(session="replays"))
    first = done(jobs, "replays")
    (past,) = exploration.store().exports("replays")
    again = jobs.start(replay_order(Link(Query(), "tiny", session="replays"), past))
    done(jobs, "replays")
    assert again.message.startswith("The same documents and the same file, byte for byte"), again.message
    assert again.path is not None and first.path is not None
    assert again.path.read_bytes() == first.path.read_bytes()
    assert len(exploration.store().exports("replays")) == 1


def test_a_replay_names_what_has_changed(open_export: Open, jobs: ExportJobs):
    start(open_export(session="drifted"))
    done(jobs, "drifted")
    (past,) = exploration.store().exports("drifted")
    documents = past.recipe["fingerprints"]["documents"]
    other = past.recipe["fingerprints"] | {"documents": ["0" * 64, *documents[1:]]}
    link = Link(Query(), "tiny", session="drifted")
    job = jobs.start(replay_order(link, replace(past, recipe=past.recipe | {"fingerprints": other})))
    done(jobs, "drifted")
    assert (job.state, job.message) == ("failed", "The documents of part 0 have changed since the export.")
    elsewhere = jobs.start(replay_order(link, replace(past, recipe=past.recipe | {"corpus": "another"})))
    done(jobs, "drifted")
    assert elsewhere.message.startswith("The corpus 'another' is not open here.")


def test_nothing_to_export_is_said(open_export: Open):
    page = open_export(Query(text="zyzzyva"))
    assert "No document matches" in page.html("nothing")
    assert not [b for b in page.test.button if b.key == "export_start"]


@pytest.mark.parametrize(
    ("params", "sentence"),
    [({"filter": "no_such_field=1"}, "There is no field"), ({"nonsense": "1"}, "This link cannot be read")],
)
def test_a_request_that_makes_no_sense_is_explained(open_export: Open, params: dict[str, str], sentence: str):
    page = open_export(Query(), **params)
    assert sentence in page.html("error")


def test_what_is_counted_once_is_not_counted_again(open_export: Open, monkeypatch: pytest.MonkeyPatch):
    page = open_export()
    monkeypatch.setattr("pages.widgets.export_page.choose", lambda *_, **__: pytest.fail("counted again"))
    page.test.selectbox(key="export_format").set_value(".csv").run()
    assert "<dd><bdi>.csv</bdi></dd>" in page.html("recipe")


def test_a_search_that_reads_no_further_is_exported_to_the_end(
    open_export: Open, jobs: ExportJobs, serving: Corpus, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pages.widgets.export_page.SCAN_BUDGET_S", 0.0)
    query = Query(text="river", mode="exact")
    page = open_export(query)
    assert "<strong>at least" in page.html("foreseen") and "the export reads them all" in page.html("foreseen")
    assert page.test.button(key="export_start").label == "Export all that match"
    start(page)
    job = done(jobs)
    assert job.recipe is not None and job.recipe.documents_written == serving.search(query).total > 0


def test_hostile_words_are_shown_as_text(open_export: Open, jobs: ExportJobs):
    start(open_export(Query(text="<img src=x> river")))
    page = start(open_export(Query(text="river <script>alert(1)</script>")))
    done(jobs)
    page.run()
    for key in ("subject", "recipe", "files", "past"):
        assert "<script" not in page.html(key) and "<img" not in page.html(key)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "demo.csv"),
        ("sea ice", "demo-sea-ice.csv"),
        ("../../etc/passwd", "demo-etc-passwd.csv"),
        ("日本", "demo.csv"),
        ("x" * 500, f"demo-{'x' * 55}.csv"),
    ],
)
def test_a_file_is_named_after_what_is_in_it(text: str, name: str):
    assert file_name("demo", text, ".csv") == name


def test_a_file_name_is_never_empty():
    assert file_name("日本", "", ".csv") == "corpus.csv"


def test_progress_says_how_far_and_how_long(open_export: Open, jobs: ExportJobs, serving: Corpus):
    start(open_export())
    job = done(jobs)
    job.state, job.written, job.ended, job.started = "running", 500, 0.0, time.time() - 10
    job.order = replace(job.order, documents=1500)
    markup = running_html([job])
    assert "500 of 1,500 documents · 50 documents a second · about 20 s left" in markup
    assert 'max="1500" value="500"' in markup
    job.order = replace(job.order, documents=None)
    assert "500 documents so far · 50 documents a second" in running_html([job])
    job.state = "done"
