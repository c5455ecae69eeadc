import numpy as np
import pyarrow as pa

from corpuscope.catalog.amounts import Counter, largest
from corpuscope.catalog.columns import TextColumn
from corpuscope.fields import Field

SHOWN = np.array([True, True, True, True, False])
MATCHES = np.array([True, True, False, True, False])
TOKENS = np.array([10.0, 20.0, 40.0, 80.0, 160.0])


def column(codes: list[int]) -> TextColumn:
    words = pa.array(["a", "b", "c"], pa.large_string())
    return TextColumn(Field(name="f", type="text"), len(codes), None, None, np.array(codes, np.int32), words)


def lists(values: list[list[int]]) -> TextColumn:
    flat = [v for row in values for v in row]
    first = [v not in row[:i] for row in values for i, v in enumerate(row)]
    offsets = np.cumsum([0, *map(len, values)])
    words = pa.array(["a", "b", "c"], pa.large_string())
    codes = np.array(flat, np.int32)
    return TextColumn(Field(name="l", type="text", multi=True), len(values), offsets, np.array(first), codes, words)


def test_documents_that_match_documents_shown_and_tokens_are_counted_by_code():
    counter = Counter(MATCHES, SHOWN, TOKENS)
    amounts, with_value = counter.by_code(column([0, 0, 0, -1, 0]))
    assert amounts.tolist() == [[2, 0, 0], [3, 0, 0], [30, 0, 0]]
    assert with_value.tolist() == [2, 3, 30]
    assert counter.total.tolist() == [3, 4, 110] and counter.all_tokens == 150


def test_a_row_counts_once_for_each_distinct_value_of_a_list():
    counter = Counter(MATCHES, SHOWN, TOKENS)
    tags = lists([[0, 1, 0], [1], [0], [], [2]])
    amounts, with_value = counter.by_code(tags)
    assert amounts.tolist() == [[1, 2, 0], [2, 2, 0], [10, 30, 0]]
    assert with_value.tolist() == [2, 3, 30]
    assert counter.with_any(tags, np.array([0, 1])).tolist() == [2, 3, 30]


def test_ranks_go_by_size_and_tell_other_values_from_none():
    ranked = Counter(SHOWN, SHOWN, TOKENS).ranked(column([2, 1, 2, -1, 0]), limit=1, by=0)
    assert (ranked.words, ranked.distinct, ranked.labels.tolist()) == (["c"], 2, [0, 1, 0, 2, 1])


def test_without_tokens_their_row_is_zero():
    counter = Counter(MATCHES, SHOWN, None)
    assert not counter.has_tokens and counter.all_tokens is None
    assert counter.of_rows(MATCHES).tolist() == [3, 3, 0]


def test_the_largest_come_first_ties_by_label_and_empty_ones_not_at_all():
    assert largest(np.array([3, 0, 5, 3, 3]), 3).tolist() == [2, 0, 3]
    assert largest(np.array([0, 1]), 9).tolist() == [1]
