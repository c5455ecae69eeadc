import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard

from corpuscope.errors import MissingDependency
from indexing.annotators import fasttext_model
from indexing.annotators.fasttext_file import read_fasttext
from indexing.annotators.fasttext_model import FastTextModel
from indexing.annotators.language import QUICK, detect_languages, model_path

HOSTILE = [
    "",
    " \t\r\v\f",
    "\0",
    "a",
    "nul\0in a word \0",
    "one line\r\nanother\x0band\x0canother",
    "\u00a0\u2028 \u3000\u0085",
    "no\u00a0break\u2028spaces\u3000are\u0085letters",
    "...!?—«»",
    "🤷🏽‍♀️ 👩‍👩‍👧 🇪🇺",
    "Это предложение по-русски, ещё одно слово",
    "今天天气很好我们去公园吧",
    "日本語のテキストです。カタカナも",
    "한국어 문장입니다",
    "مرحبا بالعالم، كيف حالك اليوم؟",
    "שלום עולם",
    "हिन्दी में एक वाक्य",
    "e\u0301te\u0301 de\u0301ja\u0300",
    "x" * 5_000,
    "абв" * 2_000,
    "<angle <brackets> in> <<words>>",
    "</s>",
    "the </s> hallo welt das ist ein Satz",
    "hallo</s> welt",
    "__label__en __label__de",
    "__label__ein hallo Welt __label__",
    "de de de in and la",
]


@functools.cache
def model() -> FastTextModel:
    return FastTextModel(read_fasttext(model_path()))


@functools.cache
def native() -> Any:
    fasttext = pytest.importorskip("fasttext", reason="fasttext-predict is not installed")
    return fasttext.load_model(str(model_path())).f


def natively(lines: Sequence[str]) -> tuple[list[str], list[float]]:
    """fastText's own answers; it stops at a line end, which counts as a space here."""
    found = [native().predict(line.replace("\n", " ") + "\n", 1, 0.0, "strict")[0] for line in lines]
    return [label.removeprefix("__label__") for _, label in found], [score for score, _ in found]


def test_hostile_texts_get_the_answers_of_fasttext() -> None:
    labels, scores = model().predict(HOSTILE)
    expected_labels, expected_scores = natively(HOSTILE)
    assert labels == expected_labels
    np.testing.assert_allclose(scores, expected_scores, atol=2e-6)


def test_real_texts_get_the_answers_of_fasttext(shared_data: Path) -> None:
    raw = zstandard.ZstdDecompressor().stream_reader((shared_data / "mixed_77_languages.jsonl.zst").read_bytes()).read()
    texts = [json.loads(line)["text"] for line in raw.split(b"\n") if line]
    lines = [text[start : start + 200] for text in texts for start in (0, len(text) // 2)][:6_000]
    labels, scores = model().predict(lines)
    expected_labels, expected_scores = natively(lines)
    assert len(lines) > 2_000
    assert labels == expected_labels
    np.testing.assert_allclose(scores, expected_scores, atol=2e-6)


def test_lone_surrogates_are_characters_like_others() -> None:
    ((language, score),) = detect_languages(["\ud800 This is an English sentence \udfff"])
    assert language == "en" and score > 0.5


def test_bytes_are_hashed_as_signed_characters() -> None:
    def fnv(ngram: bytes) -> int:
        value = 2166136261
        for byte in ngram:
            value = (value ^ (byte - 256 if byte > 127 else byte) & 0xFFFFFFFF) * 16777619 & 0xFFFFFFFF
        return value

    word = "<aж€🤷>"
    text = np.frombuffer(word.encode(), np.int8)
    leads = np.array([0, 1, 2, 4, 7, 11])
    for n, hashes in enumerate(fasttext_model._hash_ngrams(text, leads, 4), 1):
        assert hashes.tolist() == [fnv(word[i : i + n].encode()) for i in range(len(word) - n + 1)]


def test_neither_the_batch_nor_the_words_kept_change_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*HOSTILE, *(" ".join(HOSTILE[i:]) for i in range(len(HOSTILE)))]
    labels, scores = model().predict(lines)
    alone = [model().predict([line]) for line in lines]
    monkeypatch.setattr(fasttext_model, "_AT_ONCE", 3)
    monkeypatch.setattr(fasttext_model, "_SLOT_BITS", 1)
    forgetful_labels, forgetful_scores = FastTextModel(read_fasttext(model_path())).predict(lines[::-1])
    assert labels == [label for found, _ in alone for label in found] == forgetful_labels[::-1]
    assert scores.tolist() == [score for _, found in alone for score in found.tolist()]
    assert scores.tolist() == forgetful_scores.tolist()[::-1]


def test_hashes_of_words_tell_place_and_order_and_not_what_stands_around() -> None:
    texts = [b" ab ba a b aab aba ", b"\0a\tb\nab  ba  aab aba " + b"x" * 9_000 + b"\n"]
    first, second = (set(fasttext_model.Words.of(text).hashes.tolist()) for text in texts)
    assert len(first) == 6
    assert first < second and len(second) == 7


def test_no_texts_have_no_languages() -> None:
    assert detect_languages([]) == []
    assert model().predict([])[0] == []


def test_white_space_has_no_language_and_a_blank_beginning_is_looked_past() -> None:
    blank = "\n" * (3 * QUICK)
    text = blank + "Die Bundesregierung hat gestern beschlossen, die Steuern zu senken. " * 20
    assert detect_languages(["", " \u00a0\n", blank]) == [("", 0.0)] * 3
    assert detect_languages([text])[0][0] == "de"


def test_a_file_that_is_no_such_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lid.176.ftz"
    for content in (b"", b"\1" * 100, model_path().read_bytes()[:90_000]):
        path.write_bytes(content)
        with pytest.raises(MissingDependency, match=r"lid\.176\.ftz cannot be used.*pip install"):
            read_fasttext(path)
