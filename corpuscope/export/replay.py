"""Replay: make an export again from its recipe, or say what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpuscope import known_corpora
from corpuscope.corpus import Corpus, open_corpus
from corpuscope.errors import ReplayRefused, UnknownField, UsageError
from corpuscope.export import formats
from corpuscope.export.export import (
    ExportOptions,
    annotator_versions,
    choose_fields,
    export_rows,
    fingerprints,
    foreseen,
    row_tables,
    selected_rows,
)
from corpuscope.export.recipe import Recipe
from corpuscope.query import Query
from corpuscope.selection import select


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
    then = corpus.with_suppressions(recipe.suppression)
    try:
        fields = choose_fields(then, recipe.fields)
        selection = select(then, Query.from_json(recipe.query), scan_budget_s=None)
    except UnknownField as error:
        raise ReplayRefused(f"The corpus has changed since the export: {error}") from None
    _refuse_changes(recipe, fingerprints(then, selection, fields), annotator_versions(then, selection, fields))
    options = ExportOptions(recipe.fields, recipe.limit)
    order, chosen = selected_rows(selection, options)
    before = foreseen(selection, options)
    gone = np.setdiff1d(corpus.suppressed_rows, then.suppressed_rows)
    if len(gone):
        chosen = np.flatnonzero(selection.matches) if chosen is None else chosen
        chosen = chosen[~np.isin(chosen, gone)]
    written = export_rows(
        corpus,
        selection,
        row_tables(corpus, fields, selection, chosen),
        out,
        fields=fields,
        options=options,
        order=order,
        documents=before if chosen is None else len(chosen),
        advance=advance,
    )
    removed = before - written.documents_written
    if not removed and written.rows_sha256 != recipe.rows_sha256:
        raise ReplayRefused(f"{out} differs from the recipe's documents although nothing that it names has changed.")
    return Replayed(written, removed)


def _refuse_changes(recipe: Recipe, files: Mapping[str, Sequence[str]], annotators: Mapping[str, str]) -> None:
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
            raise ReplayRefused(
                f"The {_NAMES.get(name, f'fields of {name}')} of part {part} have changed since the export."
            )


_NAMES = {"documents": "documents", "index": "index contents"}


def _could_be(folder: Path, recipe: Recipe) -> bool:
    manifest = known_corpora.manifest_in(folder)
    return manifest is not None and manifest.name == recipe.corpus


def _is(folder: Path, recipe: Recipe) -> bool:
    manifest = known_corpora.manifest_in(folder)
    return (
        manifest is not None and tuple(p.documents.sha256 for p in manifest.parts) == recipe.fingerprints["documents"]
    )
