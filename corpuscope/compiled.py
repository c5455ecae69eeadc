"""How loops are compiled, and where the machine code is kept.

What has to be done one after the other (words of a text are cut, hashed and counted) array operations do in many passes
over the memory and compiled loops in one. numba keeps machine code beside the source, or in the user's cache where that
folder cannot be written to, but looks at a function's own file alone when it decides whether that code is up to date,
though the code of every function called is in it. And it names a new file before it has written it, so that a process
killed in between leaves a name that leads to old code. So here the names of the kept files bear a digest of all
sources that the function may call.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import caching

from corpuscope import rules

_F = TypeVar("_F", bound=Callable[..., Any])
#: Whose thresholds are in the machine code as they were when it was made.
_RULES = Path(rules.__file__)


def compiled(function: _F) -> _F:
    """Compile a function when it is first called with arguments of some types, and keep the machine code.

    It releases the GIL. It may call other such functions of its own folder.
    """
    return _kept(numba.njit(nogil=True)(function), function)


def compiled_sums(function: _F) -> _F:
    """`compiled` for sums of products: they are added up in any order, several at once."""
    return _kept(numba.njit(nogil=True, fastmath={"reassoc", "contract", "nsz"})(function), function)


def _kept(dispatcher: Any, function: _F) -> _F:
    cache: Any = _Cache
    with contextlib.suppress(RuntimeError):  # no folder can be written to: each process compiles for itself
        dispatcher._cache = cache(function)
    return dispatcher  # type: ignore[no-any-return]


@functools.cache
def _digest(folder: Path) -> str:
    """Eight digits that change with any source whose functions may be called, and with the rules."""
    digest = hashlib.sha256()
    for file in sorted({*folder.glob("*.py"), _RULES}):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


class _ByDigest:
    """Names the kept files by the line of the function and the digest."""

    def get_disambiguator(self: Any) -> str:
        return f"{self._lineno}-{_digest(Path(self._py_file).parent)}"


class _Chosen(_ByDigest, caching.UserProvidedCacheLocator):
    """The folder of the variable NUMBA_CACHE_DIR."""


class _BesideSource(_ByDigest, caching.InTreeCacheLocator):
    """The folder __pycache__ beside the source."""


class _OfUser(_ByDigest, caching.UserWideCacheLocator):
    """A folder in the user's cache."""


class _Places(caching.CompileResultCacheImpl):
    _locator_classes = [_Chosen, _BesideSource, _OfUser]


class _Cache(caching.FunctionCache):
    _impl_class = _Places
