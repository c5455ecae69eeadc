"""The bundled classifiers on texts written for the purpose, on odd ones and on very long ones."""

import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from corpuscope.catalog.columns import TextColumn
from indexing.annotate import run
from indexing.annotators import DEFAULT, by_name
from indexing.annotators.check import ODD_TEXTS
from indexing.bundled.ngrams import MORE, PER_CODE, VIEWS, emit
from indexing.bundled.tokenizing import cut, new_tokens
from indexing.bundled.windows import MOST, WHOLE, windows_of
from indexing.bundled.wording import count_syllables
from indexing.signals.codepoints import code_points
from indexing.taxonomy import FORMATS, SPELLINGS, TOPICS
from tests.conftest import build_corpus

NAMES = ("topic", "format", "readability")

RECIPE = """Easy Lemon Drizzle Cake

Ingredients
225 g butter, softened
225 g caster sugar
4 eggs
225 g self-raising flour
1 lemon

Method
1. Preheat the oven to 180C and grease a loaf tin.
2. Beat the butter and sugar until pale, then add the eggs one by one.
3. Sift in the flour, add the lemon zest and stir until smooth.
4. Pour the batter into the tin and bake for 45 minutes, until a skewer comes out clean.
5. While the cake cools, mix the lemon juice and the rest of the sugar. Pour it over the warm cake and serve.
"""
COURT = """Man jailed for six years over warehouse robbery

By our court reporter, Tuesday 14 March

A man who threatened two security guards with a knife has been sentenced to six years in prison.
The 34-year-old pleaded guilty to robbery at the Crown Court on Monday.
The judge said that the attack had been planned.
Prosecutors told the jury that police arrested the defendant two days later,
when officers found stolen goods in his car.
"This was a terrifying crime," a spokesman for the police said after the hearing.
"""
EASY = "The cat sat on the mat. The dog ran to the tree. It was a sunny day. The boy had a red ball. He was glad. " * 6
HARD = (
    "The epistemological presuppositions of contemporary jurisprudence, notwithstanding their ostensible neutrality, "
    "necessitate a reconsideration of the institutional preconditions under which normative authority is constituted. "
) * 4


def values(name: str, *texts: str | None, **columns: list[str | None]) -> list[list[object]]:
    arrays = {key: pa.array(found, pa.large_string()) for key, found in {"text": list(texts), **columns}.items()}
    return [a.to_pylist() for a in run(by_name(name), {}, arrays, len(texts))]


def test_all_three_are_made_by_default() -> None:
    assert set(NAMES) <= set(DEFAULT)


def test_a_recipe_and_a_court_report_are_what_they_are() -> None:
    assert values("topic", RECIPE, COURT)[0] == ["Food & Dining", "Crime & Law"]
    assert values("format", RECIPE, COURT)[0] == ["Tutorial", "News Article"]


def test_simple_sentences_are_easier_than_learned_ones() -> None:
    easy, hard = values("readability", EASY, HARD)[0]
    assert easy > 0 > -2 > hard


def test_confidence_is_the_probability_of_the_named_class() -> None:
    for name in ("topic", "format"):
        confidences = values(name, RECIPE, COURT, "A word.")[1]
        assert all(1 / 24 <= c <= 1 for c in confidences)
        assert confidences[2] < 0.9  # a word or two tells little


@pytest.mark.parametrize("name", NAMES)
def test_values_do_not_depend_on_batches(name: str) -> None:
    texts = [*ODD_TEXTS, RECIPE, COURT, EASY * 9, HARD]
    whole = values(name, *texts)
    assert whole == [[v for text in texts for v in values(name, text)[f]] for f in range(len(whole))]


@pytest.mark.parametrize("name", NAMES)
def test_other_languages_without_doubt_have_no_value(name: str) -> None:
    languages = ["de", "de", "en", None]
    column = {"text": pa.array([COURT] * 4), "language": pa.array(languages)}
    column |= {"language_score": pa.array([0.9, 0.3, 0.9, None])}
    assert [v is None for v in run(by_name(name), {}, column, 4)[0].to_pylist()] == [True, False, False, False]


@pytest.mark.parametrize("name", NAMES)
def test_texts_without_a_word_have_no_value(name: str) -> None:
    assert all(v == [None] * 4 for v in values(name, "", None, " \n\t\u2028", "\u4eca\u65e5\u306f"))


@pytest.mark.parametrize("name", NAMES)
def test_fifty_megabytes_take_seconds(name: str) -> None:
    values(name, RECIPE)
    begun = time.perf_counter()
    (first, *_) = values(name, "the quick brown fox " * 2_500_000)
    assert first[0] is not None and time.perf_counter() - begun < 20


def test_a_title_counts_once_and_the_address_counts() -> None:
    title, text = RECIPE.split("\n\n", 1)
    assert values("topic", text, title=[title])[1] == values("topic", f"{title}\n\n{text}")[1]
    assert values("topic", RECIPE, title=[title])[1] == values("topic", RECIPE)[1]
    with_address = values("format", COURT, url=["http://example.com/news/2016/03/robbery.html"])[1]
    assert with_address != values("format", COURT)[1]


def test_words_numbers_marks_and_lines_are_cut() -> None:
    codes, _ = code_points(pa.array(["It\u2019s 1984, caf\u00c9!\n\n\nMP3 5"], pa.large_string()))
    tokens = new_tokens(len(codes) + 1)
    count = cut(codes, 0, len(codes), tokens)
    spelled = codes.tobytes().decode("utf-32-le")
    cuts = [spelled[a:b] for a, b in zip(tokens.starts[:count], tokens.ends[:count], strict=True)]
    assert cuts == ["It\u2019s", "1984", ",", "caf\u00c9", "!", "\n\n\n", "MP3", "5"]
    assert tokens.kinds[:count].tolist() == [0, 1, 2, 0, 2, 4, 0, 1]


def test_features_fit_the_room_for_them() -> None:
    for text in ("a" * 5_000, "a b " * 2_000, "?\n" * 2_000, "\n".join("a" * 2_000)):
        codes, _ = code_points(pa.array([text], pa.large_string()))
        tokens = new_tokens(len(codes) + 1)
        count = cut(codes, 0, len(codes), tokens)
        room = np.empty(20 * len(codes) + 1_000, np.uint32)
        made = [emit(view, codes, tokens, count, room) for view in range(len(VIEWS))]
        assert max(made) <= PER_CODE * len(codes) + MORE


def test_long_texts_are_looked_at_through_windows_of_whole_words() -> None:
    texts = ["short text", "", "word " * 279, "seven or eight " * 400, "a word " * 20_000]
    windows = windows_of(code_points(pa.array(texts, pa.large_string())))
    assert np.diff(windows.firsts).tolist() == [1, 1, 1, 6, MOST]
    spelled = windows.codes.tobytes().decode("utf-32-le")
    cuts = [spelled[a:b] for a, b in zip(windows.offsets[:-1], windows.offsets[1:], strict=True)]
    assert cuts[:3] == texts[:3] and len(texts[2]) <= WHOLE
    assert {word for c in cuts[3:9] for word in c.split()} == {"seven", "or", "eight"}


@pytest.mark.parametrize(("word", "syllables"), [("cat", 1), ("table", 1), ("reading", 2), ("university", 5)])
def test_syllables_are_groups_of_vowels_without_a_last_e(word: str, syllables: int) -> None:
    codes, _ = code_points(pa.array([word], pa.large_string()))
    assert count_syllables(codes, 0, len(codes)) == syllables


def test_published_spellings_lead_to_the_names() -> None:
    assert len(set(TOPICS)) == len(set(FORMATS)) == 24
    assert set(SPELLINGS.values()) <= {*TOPICS, *FORMATS}


def test_a_source_with_a_topic_of_its_own_keeps_it(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": RECIPE, "topic": "cakes"}, {"id": "2", "text": COURT, "topic": "crimes"}]
    corpus = build_corpus(tmp_path / "own", rows, annotators=("topic",))
    assert corpus.fields["topic"].origin == "source" and not corpus.fields["topic"].estimated
    assert corpus.fields["topic.topic"].estimated
    column = corpus.catalog.text_column("topic.topic")
    assert isinstance(column, TextColumn) and sorted(column.dictionary.to_pylist()) == ["Crime & Law", "Food & Dining"]
