import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.catalog import dictionary
from corpuscope.catalog.dictionary import DictionaryBuilder, map_words

words = st.none() | st.text(max_size=3) | st.sampled_from(["", "a", "a\x00", "é", "\uffff", "\U0001f600"])


@given(parts=st.lists(st.lists(words, max_size=30), max_size=6), samples=st.integers(1, 5), apart=st.integers(1, 9))
def test_parts_are_merged_into_one_sorted_dictionary(tmp_path_factory, parts, samples, apart):
    folder = tmp_path_factory.mktemp("dictionary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dictionary, "_RANGE_SAMPLES", samples)
        patch.setattr(dictionary, "_SAMPLE_BYTES", apart)
        temporary = folder / "temporary"
        temporary.mkdir()
        builder = DictionaryBuilder(temporary)
        for part in parts:
            builder.add(pa.array(part, pa.string()))
        codes = [c.tolist() for c in builder.join(folder)]
    merged = map_words(folder).to_pylist()
    assert merged == sorted({w for part in parts for w in part if w is not None})
    assert [[None if c < 0 else merged[c] for c in part] for part in codes] == parts


def test_a_range_holds_a_bounded_number_of_bytes(monkeypatch):
    monkeypatch.setattr(dictionary, "_RANGE_SAMPLES", 4)
    monkeypatch.setattr(dictionary, "_SAMPLE_BYTES", 100)
    parts = [pa.array([f"{i:010}" for i in range(start, 1000, 3)], pa.large_string()) for start in range(3)]
    bounds = dictionary._bounds(parts)
    sizes = np.diff([0, *(int(b) for b in bounds), 1000]) * 10
    assert sizes.max() <= 4 * 100 + 3 * 2 * 100
