from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.manifest import Reject
from indexing.importing import import_ratings
from indexing.progress import SilentProgress
from pages.widgets.manifest_view import manifest_html
from tests.conftest import build_corpus, write_jsonl
from tests.pages.conftest import APP, Page
from tests.tiny import TINY


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


def test_imports_come_with_what_matched_and_escaped_names(tmp_path: Path):
    corpus = build_corpus(tmp_path / "c", TINY[:5], annotators=())
    ratings = write_jsonl(tmp_path / "mine.jsonl", [{"id": "doc-1", "grade": 2}, {"id": "<b>\u202e", "grade": 1}])
    manifest, _ = import_ratings(corpus.folder, [str(ratings)], on=None, progress=SilentProgress())
    markup = manifest_html(manifest, "abc", 0)
    assert "Imported ratings" in markup and "mine_published" in markup and "columns of 1 of 5 documents" in markup
    assert "4 documents without a rating." in markup and "<b>\u202e" not in markup
    assert "Imported ratings" not in manifest_html(corpus.manifest, "abc", 0)


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
