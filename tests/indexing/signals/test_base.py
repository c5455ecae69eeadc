import re
import string
import unicodedata
from collections import Counter

import numpy as np
import pyarrow as pa
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexing.signals import characters, hashing, normalizing
from indexing.signals.codepoints import code_points

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
#: The first call compiles.
compiling = settings(deadline=None)
WORDS = st.lists(st.sampled_from([3, 5, 2**63, 2**64 - 1]), max_size=40)


@compiling
@given(st.lists(st.none() | TEXT, max_size=6), st.integers(0, 3))
def test_code_points_are_those_of_python(texts: list[str | None], start: int) -> None:
    codes, offsets = code_points(pa.array(texts, pa.large_string()).slice(start))
    rows = [codes[a:b].tolist() for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    assert rows == [[ord(c) for c in text or ""] for text in texts[start:]]


def test_classes_are_what_python_says_of_every_character() -> None:
    words, tokens, spaces = re.compile(r"\w"), regex.compile(r"\w"), regex.compile(r"\s")
    for code, found in enumerate(characters.classes().tolist()):
        c = chr(code)
        expected = (
            (words.match(c) is not None, c.isspace(), c.isalpha(), c.isupper(), c.islower(), c.isdigit()),
            (c.isnumeric(), c.istitle() and not c.isupper(), c in string.punctuation, c in string.ascii_letters),
            (c == "\n", c in ".!?", tokens.match(c) is not None, spaces.match(c) is not None),
        )
        bits = [bit for group in expected for bit in group]
        assert found == sum(1 << i for i, bit in enumerate(bits) if bit), hex(code)


def test_white_space_is_that_of_regular_expressions() -> None:
    space = re.compile(r"\s")
    found = np.flatnonzero(characters.classes() & characters.SPACE).tolist()
    assert found == [code for code in range(0x110000) if space.match(chr(code))]


@compiling
@given(WORDS, st.integers(1, 5))
def test_ngrams_have_equal_hashes_exactly_where_their_words_are_equal(words: list[int], n: int) -> None:
    ngrams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    out = np.empty(len(words), np.uint64)
    assert hashing.hash_ngrams(np.array(words, np.uint64), len(words), n, out) == len(ngrams)
    hashes = out[: len(ngrams)].tolist()
    assert len(set(hashes)) == len(set(ngrams)) == len(set(zip(hashes, ngrams, strict=True)))


@compiling
@example(["", "\x00", "\x00\x00", "a", "\x00a", "a\x00"])
@given(st.lists(TEXT, max_size=20))
def test_words_have_equal_hashes_exactly_where_they_are_equal(words: list[str]) -> None:
    codes, offsets = code_points(pa.array(words, pa.large_string()))
    hashes = [int(hashing.hash_codes(codes, offsets[i], offsets[i + 1])) for i in range(len(words))]
    assert len(set(hashes)) == len(set(words)) == len(set(zip(hashes, words, strict=True)))


@compiling
@given(st.lists(st.lists(st.integers(0, 40).map(lambda i: i % 16 << 60 | i % 3), max_size=60), max_size=5))
def test_a_table_counts_the_keys_of_one_text_after_the_other(texts: list[list[int]]) -> None:
    table = hashing.new_table(60)
    for keys in texts:
        hashing.empty(table, len(keys))
        for key in keys:
            hashing.count(table, np.uint64(key))
        wanted = {np.uint64(key): number for key, number in Counter(keys).items()}
        assert {k: hashing.get(table, hashing.find(table, k)) for k in wanted} == wanted
        assert hashing.get(table, hashing.find(table, np.uint64(12345))) == 0


def normalized(text: str) -> str:
    codes, _ = code_points(pa.array([text], pa.large_string()))
    out = np.empty(normalizing.LONGEST * len(codes), np.uint32)
    size = normalizing.normalize(codes, characters.classes(), normalizing.forms(), out)
    return out[:size].tobytes().decode("utf-32-le")


def plainly_normalized(text: str) -> str:
    without_punctuation = str.maketrans("", "", string.punctuation)
    return unicodedata.normalize("NFD", text.translate(without_punctuation).lower())


def test_every_character_is_normalized_as_python_does() -> None:
    for start in range(0, 0x110000, 0x800):
        if not 0xD800 <= start <= 0xDFFF:
            text = "\n".join(map(chr, range(start, start + 0x800)))
            assert normalized(text) == plainly_normalized(text)


#: Greek with sigmas, marks of several combining classes, what is passed over around a sigma, and other letters.
HARD = st.text(
    st.sampled_from("Σσ\u03c2AΑ a.-'`:\u00ad\u0301\u0323\u0345\u0307\u05b0\u1fef\u0130\u1f82\uac01é\n\U000e0001")
)


@compiling
@given(TEXT | HARD)
def test_texts_are_normalized_as_python_does(text: str) -> None:
    assert normalized(text) == plainly_normalized(text)


def test_a_long_run_of_marks_takes_linear_time() -> None:
    marks = "\u0301\u0323\u05b0" * 100_000
    assert normalized("a" + marks) == "a" + "\u05b0" * 100_000 + "\u0323" * 100_000 + "\u0301" * 100_000
