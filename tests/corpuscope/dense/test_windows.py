from hypothesis import given
from hypothesis import strategies as st

from corpuscope.dense.windows import OVERLAP, passages


def test_a_text_that_fits_is_one_passage():
    assert passages([(0, 3), (4, 7)], 2, 9) == [(0, 9)]
    assert passages([], 4, 0) == [(0, 0)]


def test_passages_overlap_and_begin_where_a_token_does():
    offsets = [(2 * i, 2 * i + 1) for i in range(20)]
    assert passages(offsets, 8, 41) == [(0, 15), (14, 29), (28, 41)]


@given(st.integers(0, 300), st.integers(8, 64))
def test_every_token_is_in_a_passage_that_the_model_reads_whole(tokens: int, size: int):
    offsets = [(3 * i, 3 * i + 2) for i in range(tokens)]
    length = 3 * tokens
    found = passages(offsets, size, length)
    assert found[0][0] == 0
    assert found[-1][1] == length
    for start, end in found:
        assert sum(start <= a and b <= end for a, b in offsets) <= size
    for token in offsets:
        assert any(start <= token[0] and token[1] <= end for start, end in found)
    overlaps = [before[1] - after[0] for before, after in zip(found, found[1:], strict=False)]
    assert all(overlap >= size // OVERLAP for overlap in overlaps)
