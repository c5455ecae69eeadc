"""Answers of a corpus that stay at hand, for all sessions, and are forgotten with the corpus's version."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

from corpuscope.corpus import Corpus

T = TypeVar("T")

#: Answers of one function that are kept; each is some kilobytes.
_KEPT = 32


def at_hand(corpus: Corpus, answer: Callable[..., T]) -> Callable[..., T]:
    """A function of a corpus that remembers its latest answers."""
    name = f"{answer.__module__}.{answer.__name__}"
    if name not in corpus.kept:
        corpus.kept.setdefault(name, lru_cache(_KEPT)(partial(answer, corpus)))
    remembering: Callable[..., Any] = corpus.kept[name]
    return remembering
