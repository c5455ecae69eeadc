from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.manifest import Reject
from pages.widgets.manifest_view import manifest_html
from tests.pages.conftest import APP, Page


def test_the_page_shows_fields_and_what_was_mended(serving: Corpus):
    page = Page(AppTest.from_file(str(APP), default_timeout=30)).run()
    page.test.switch_page("corpus.py")
    markup = page.run().html("manifest")
    assert f"version {serving.version}" in markup
    assert "duplicate id" in markup and "doc-0#2" in markup
    for field in serving.fields:
        assert f"<bdi>{field}</bdi>" in markup.replace("&quot;", '"')


def test_rejects_come_with_counts_reasons_and_escaped_examples(tiny_corpus: Corpus):
    example = {"file": "a.jsonl", "line": 3, "detail": "<script>\u202e"}
    manifest = replace(tiny_corpus.manifest, rejected={"invalid_json": Reject(12_345, (example,))})
    markup = manifest_html(manifest, "abc", 0)
    assert "12,345" in markup and "invalid json" in markup and "a.jsonl:3" in markup
    assert "<script>" not in markup and "\u202e" not in markup


def test_the_query_is_kept_across_pages(serving: Corpus):
    test = AppTest.from_file(str(APP), default_timeout=30)
    test.query_params["q"] = "river"
    page = Page(test).run()
    test.query_params.clear()
    test.switch_page("corpus.py")
    page.run()
    assert "q=river" in page.data("frame")["parameters"]


def test_page_files_are_thin():
    for path in Path(APP).parent.glob("*.py"):
        assert path.read_text().count("\n") < 60
