import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.errors import UsageError
from indexing.annotate import run
from indexing.annotators import ANNOTATORS, DEFAULT, Annotator, by_name, needed_by, select
from indexing.annotators.check import check, odd_columns
from indexing.annotators.language import detect_languages
from indexing.annotators.scripts import main_scripts

#: Those that evaluate a model are held to it in `tests/indexing/models`, by tiny models.
each = pytest.mark.parametrize("annotator", [a for a in ANNOTATORS if a.open is None], ids=lambda a: a.name)


def values(name: str, **columns: list[object]) -> list[list[object]]:
    types = {"text": pa.large_string(), "url": pa.large_string(), "date": pa.timestamp("us", tz="UTC")}
    arrays = {key: pa.array(found, types.get(key)) for key, found in columns.items()}
    return [a.to_pylist() for a in run(by_name(name), {}, arrays, len(next(iter(arrays.values()))))]


@each
def test_every_annotator_keeps_its_contract(annotator: Annotator) -> None:
    check(annotator)


def test_tokens_keep_their_contract_with_a_named_tokenizer() -> None:
    check(by_name("tokens"), {"tokenizer": "tekken"})


@each
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))), min_size=1, max_size=5))
def test_any_text_gets_as_many_values_of_the_declared_type(annotator: Annotator, texts: list[str | None]) -> None:
    columns = odd_columns(texts)
    ratios = {"overall": {"tokens_per_character": 0.25}, "languages": {}}
    for one in (*needed_by(annotator), annotator):
        result = run(one, ratios if one.name == "tokens" else {}, columns, len(texts))
        assert [(len(a), a.type) for a in result] == [(len(texts), f.arrow_type) for f in one.fields]
        columns |= dict(zip((f.name for f in one.fields), result, strict=True))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=6))
def test_words_are_what_split_finds(texts: list[str]) -> None:
    assert values("words", text=texts)[0] == [len(text.split()) for text in texts]


def test_words_are_counted_across_many_blocks() -> None:
    texts = ["zwei\u3000Wörter " * 40_000, "", "one\u2028two\u00a0three", None]
    assert values("words", text=texts)[0] == [80_000, 0, 3, None]


def test_characters_are_code_points() -> None:
    assert values("characters", text=["", "e\u0301", "\U0001f600", None]) == [[0, 2, 1, None]]


def test_languages_scripts_and_scores() -> None:
    texts = [
        "This is a plain English sentence.",
        "Это предложение по-русски.",
        "今天天气很好，我们去公园吧。",
        "12345 !?",
        "",
    ]
    languages, scores, scripts = values("language", text=texts)
    assert languages == ["en", "ru", "zh", None, None]
    assert scripts == ["Latn", "Cyrl", "Hani", None, None]
    assert scores[3] is None and all(0.5 < score <= 1 for score in scores[:3])  # type: ignore[operator]


def test_an_unsure_first_look_is_followed_by_a_longer_one() -> None:
    menu = "Home | Login | Blog | Shop | App | Newsletter | FAQ | Kontakt | Login | Home | Blog | App "
    text = menu + "Die Bundesregierung hat gestern beschlossen, die Steuern im nächsten Jahr zu senken. " * 20
    assert detect_languages([text, "", "   "])[0][0] == "de"
    assert detect_languages([""]) == [("", 0.0)]


def test_the_script_of_most_letters_wins() -> None:
    assert main_scripts(["abc где ёжик", "123", "", "漢字 kana"]) == ["Cyrl", None, None, "Latn"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://User:pw@WWW.Example.org:8080/a?b#c", "www.example.org"),
        ("http://example.org.", "example.org"),
        ("//cdn.example.org/x", "cdn.example.org"),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("example.org/path", "example.org"),
        ("https://bücher.example/", "bücher.example"),
        ("mailto:someone@example.org", None),
        ("just words", None),
        ("C:\\temp", None),
        ("https:///nothing", None),
        ("", None),
        (None, None),
    ],
)
def test_hosts(url: str | None, host: str | None) -> None:
    assert values("url_host", url=[url])[0] == [host]


def test_a_corpus_without_urls_and_dates_has_no_hosts_and_years() -> None:
    assert run(by_name("url_host"), {}, {}, 2)[0].to_pylist() == [None, None]
    assert run(by_name("year"), {}, {}, 2)[0].to_pylist() == [None, None]


def test_personal_data_is_counted_by_kind_and_placed() -> None:
    texts = ["a.b@mail.net and c@mail.net, 8.8.8.8", "nothing", None]
    *counts, places = values("personal_data", text=texts)
    assert counts == [[2, 0, None], [1, 0, None], [0, 0, None], [0, 0, None]]
    assert places == [["0-12 email", "17-27 email", "29-36 ip"], [], None]


def test_an_unknown_annotator_is_named_with_what_was_meant() -> None:
    with pytest.raises(UsageError, match=r"'langauge'.*language"):
        by_name("langauge")


def test_select_adds_what_is_needed_in_the_order_of_the_list() -> None:
    assert [a.name for a in select(["tokens"])] == ["characters", "language", "tokens"]
    assert [a.name for a in select(["default", "year"])] == [a.name for a in ANNOTATORS if a.name in DEFAULT]


def test_no_annotator_that_evaluates_a_model_runs_unasked() -> None:
    assert not [name for name in DEFAULT if by_name(name).open is not None]
