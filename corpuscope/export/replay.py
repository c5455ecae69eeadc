"""Replay: make an export again from its recipe, or say what has changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpuscope import known_corpora
from corpuscope.catalog.columns import Rows
from corpuscope.corpus import Corpus, open_corpus
from corpuscope.errors import ReplayRefused, UnknownField, UsageError
from corpuscope.export import formats
from corpuscope.export.export import ExportOptions, Subset, choose, write
from corpuscope.export.recipe import Recipe
from corpuscope.query import Query
from corpuscope.sessions.marks import with_marks
from corpuscope.sessions.records import Marking


@dataclass(frozen=True)
class Replayed:
    """What a replay wrote, and how many of the recipe's documents have been suppressed since."""

    recipe: Recipe
    suppressed: int


def find_corpus(recipe: Recipe) -> Corpus:
    """The corpus that a recipe was made from, among those this user has opened."""
    folders = known_corpora.folders()
    found = [f for f in folders if _is(f, recipe)] or [f for f in folders if _could_be(f, recipe)]
    if not found:
        raise ReplayRefused(
            f"No corpus named {recipe.corpus!r} is known here. "
            "Name its folder: corpuscope replay RECIPE --corpus DIR --out FILE"
        )
    return open_corpus(found[0])


def replay(
    recipe: Recipe, corpus: Corpus, out: Path, *, advance: Callable[[int], None] = lambda documents: None
) -> Replayed:
    """Write the same documents again, minus those suppressed since.

    Raises ReplayRefused, and writes nothing, when anything else that matters has changed.
    """
    if formats.format_of(out) != recipe.format:
        raise UsageError(f"The recipe writes {recipe.format}, but {out} asks for {formats.format_of(out)}.")
    then = _as_it_was(recipe, corpus)
    try:
        subset = choose(then, Query.from_json(recipe.query), ExportOptions(recipe.fields, recipe.limit))
    except UnknownField as error:
        raise ReplayRefused(f"The corpus has changed since the export: {error}") from None
    _refuse_changes(recipe, subset)
    # The recipe of a replay speaks of the same suppressions as the one it replays, so that it replays alike.
    left = replace(subset, chosen=_without(subset, corpus.suppressed_rows, then.suppressed_rows))
    removed = subset.documents - left.documents

    def accept(written: Recipe) -> None:
        if not removed and written.rows_sha256 != recipe.rows_sha256:
            raise ReplayRefused("The documents differ from the recipe's although nothing that it names has changed.")

    return Replayed(write(left, out, advance=advance, accept=accept), removed)


def _as_it_was(recipe: Recipe, corpus: Corpus) -> Corpus:
    """The corpus with the suppressions and the marks of the recipe in force, and no others."""
    then = corpus.with_suppressions(recipe.suppression)
    if recipe.marks is None:
        return then
    marked = with_marks(then, [Marking.from_json(m) for m in recipe.marks])
    if marked.lost.errors:
        raise ReplayRefused(f"The corpus has changed since the export: {marked.lost.errors[0]}")
    return marked


def _without(subset: Subset, suppressed: Rows, then: Rows) -> Rows | None:
    """The chosen rows without those suppressed since; None where all of them stay as they were."""
    gone = np.setdiff1d(suppressed, then)
    if not len(gone):
        return subset.chosen
    chosen = np.flatnonzero(subset.selection.matches) if subset.chosen is None else subset.chosen
    return chosen[~np.isin(chosen, gone)]


def _refuse_changes(recipe: Recipe, subset: Subset) -> None:
    files, annotators = subset.fingerprints(), subset.annotators()
    for name, then in recipe.fingerprints.items():
        now = tuple(files.get(name, ()))
        if len(now) != len(then):
            raise ReplayRefused(f"The corpus has {len(now)} parts now and had {len(then)} at the export.")
        if name in recipe.annotators and annotators.get(name) != recipe.annotators[name]:
            raise ReplayRefused(
                f"The fields of {name} are of version {annotators.get(name)} now and were of {recipe.annotators[name]}."
            )
        if now != tuple(then):
            part = next(i for i, (a, b) in enumerate(zip(now, then, strict=True)) if a != b)
            raise ReplayRefused(f"The {_named(name)} of part {part} have changed since the export.")


_NAMES = {"documents": "documents", "index": "index contents"}


def _named(fingerprint: str) -> str:
    """What a fingerprint is of: an origin of fields, unless it says itself what."""
    return _NAMES.get(fingerprint) or (fingerprint if " " in fingerprint else f"fields of {fingerprint}")


def _could_be(folder: Path, recipe: Recipe) -> bool:
    manifest = known_corpora.manifest_in(folder)
    return manifest is not None and manifest.name == recipe.corpus


def _is(folder: Path, recipe: Recipe) -> bool:
    manifest = known_corpora.manifest_in(folder)
    return (
        manifest is not None and tuple(p.documents.sha256 for p in manifest.parts) == recipe.fingerprints["documents"]
    )
