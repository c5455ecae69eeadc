import numpy as np
import pytest

from corpuscope.errors import CorpuscopeError
from corpuscope.models.batching import Budget, Ids, evaluate, padded


class Stub:
    """A model that has memory for so many tokens and gives the sum of each text's."""

    def __init__(self, memory: int) -> None:
        self.memory, self.tried = memory, []

    def __call__(self, items: list[Ids]) -> list[int]:
        import torch

        self.tried.append(len(items) * max(map(len, items)))
        if self.tried[-1] > self.memory:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return [sum(item) for item in items]


ITEMS = [[i] * (1 + i % 7) for i in range(100)]


@pytest.mark.parametrize("budget", [1, 10, 64, 10_000])
def test_results_come_in_the_order_of_the_texts_whatever_the_budget(budget: int) -> None:
    stub = Stub(memory=10**9)
    assert evaluate(ITEMS, stub, Budget(budget)) == [sum(item) for item in ITEMS]
    assert max(stub.tried) <= max(budget, 7)


def test_a_device_without_memory_gets_batches_of_half_the_size_and_keeps_them() -> None:
    stub, budget = Stub(memory=30), Budget(200)
    assert evaluate(ITEMS, stub, budget) == [sum(item) for item in ITEMS]
    assert stub.tried[:4] == [196, 98, 49, 21] and budget.tokens == 24
    assert max(stub.tried[3:]) <= 24


def test_one_text_that_does_not_fit_is_an_error_that_says_so() -> None:
    with pytest.raises(CorpuscopeError, match=r"no memory for one text of 50 tokens"):
        evaluate([[1] * 50, [2]], Stub(memory=20), Budget(40))


def test_other_errors_are_not_taken_for_want_of_memory() -> None:
    def forward(items: list[Ids]) -> list[int]:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        evaluate(ITEMS, forward, Budget(10))


def test_padding_stands_on_the_side_that_was_asked_for() -> None:
    ids, mask = padded([[5, 6, 7], [8]], pad=1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]] and mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    ids, mask = padded([[5, 6, 7], [8]], pad=1, left=True)
    assert ids.tolist() == [[5, 6, 7], [1, 1, 8]] and mask.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert ids.dtype == np.int64
