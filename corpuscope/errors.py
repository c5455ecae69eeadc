"""What can go wrong, said in one sentence each.

    CorpuscopeError
    ├── UsageError (ValueError)            the request itself is wrong: exit code 2
    │   ├── InvalidQuery                   query text, mode, number or expression
    │   ├── UnknownField (LookupError)     a field that the corpus does not have
    │   └── UnknownDocument (LookupError)  a document that the corpus does not have, or no longer shows
    ├── CorpusNotFound (FileNotFoundError) no corpus in that folder
    ├── CorpusDamaged                      a file of the corpus is missing or does not match the manifest
    ├── CorpusBusy                         another job is writing this corpus
    ├── SourceError                        a source that cannot be read at all
    ├── ImportRefused                      ratings that do not fit the corpus
    ├── MissingDependency (ImportError)    an optional package is absent; the message names the pip command
    ├── ExportError (OSError)              an export that cannot be written
    └── ReplayRefused                      a recipe that no longer describes this corpus

A message says what was wrong, with which value, and what would work.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CorpuscopeError(Exception):
    """Base of every error that a user can cause and mend."""

    exit_code = 1


class UsageError(CorpuscopeError, ValueError):
    """The request itself is wrong."""

    exit_code = 2


class InvalidQuery(UsageError):
    """A query that cannot be understood."""


class UnknownField(UsageError, LookupError):
    """A field that the corpus does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no field {name!r} in this corpus. {suggest(name, known)}")


class UnknownDocument(UsageError, LookupError):
    """A document that the corpus does not have, or no longer shows."""


class CorpusNotFound(CorpuscopeError, FileNotFoundError):
    """No corpus in that folder."""


class CorpusDamaged(CorpuscopeError):
    """A file of the corpus is missing or does not match the manifest."""


class CorpusBusy(CorpuscopeError):
    """Another job is writing this corpus."""


class SourceError(CorpuscopeError):
    """A source that cannot be read at all."""


class ImportRefused(CorpuscopeError):
    """Ratings that do not fit the corpus."""


class MissingDependency(CorpuscopeError, ImportError):
    """An optional package is absent."""


class ExportError(CorpuscopeError, OSError):
    """An export that cannot be written."""


class ReplayRefused(CorpuscopeError):
    """A recipe that no longer describes this corpus."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which of `known` was probably meant, or list a few of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return f"Did you mean {', '.join(near)}?"
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return f"Known: {shown}." if names else "None is known."
