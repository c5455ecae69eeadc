import re
import string
from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.signals import characters, hashing
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
    words = re.compile(r"\w")
    for code, found in enumerate(characters.classes().tolist()):
        c = chr(code)
        expected = (
            (words.match(c) is not None, c.isspace(), c.isalpha(), c.isupper(), c.islower(), c.isdigit()),
            (c.isnumeric(), c.istitle() and not c.isupper(), c in string.punctuation, c in string.ascii_letters),
            (c == "\n", c in ".!?"),
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
