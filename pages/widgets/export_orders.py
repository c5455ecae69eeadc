"""What the Export page can have written: an export of what is shown, and an earlier one once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError, CorpusNotFound
from corpuscope.export import recipe as recipes
from corpuscope.export.export import ExportOptions, export
from corpuscope.export.recipe import Recipe
from corpuscope.export.replay import replay
from corpuscope.links import Link
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.sessions.records import Export
from pages.environment import served
from pages.widgets import corpora, exploration, wording
from pages.widgets.export_jobs import Order

_LONGEST_NAME = 60


def export_order(link: Link, corpus: Corpus, options: ExportOptions, suffix: str, documents: int | None) -> Order:
    """Write what the query selects, and keep the recipe in the session."""
    query, session = link.query.without_paging(), exploration.id_of(link)
    store = exploration.store()
    name = file_name(corpus.name, query.text, suffix)

    def write(out: Path, advance: Callable[[int], None]) -> Recipe:
        return export(corpus, query, out, options, advance=advance)

    def keep(recipe: Recipe) -> str:
        try:
            store.record_export(session, corpus, recipe.to_json(), name)
        except CorpuscopeError as error:
            return f"It is not in the session's list: {error}"
        return ""

    return Order(session, query.in_words(), name, documents, write, keep)


def replay_order(link: Link, past: Export) -> Order:
    """Write an earlier export again from its recipe, from the corpus as it is now."""
    title = f"replay of the export of {wording.when(past.at)}"

    def write(out: Path, advance: Callable[[int], None]) -> Recipe:
        recipe = recipes.from_json(past.recipe, "The recipe")
        return replay(recipe, _corpus_named(recipe.corpus, link.corpus), out, advance=advance).recipe

    def compare(now: Recipe) -> str:
        gone = past.recipe["documents_written"] - now.documents_written
        if gone:
            return f"The same documents, less {gone:,} that were suppressed since."
        also = " and the same file, byte for byte" if now.file_sha256 == past.recipe["file_sha256"] else ""
        return f"The same documents{also}: digest {now.rows_sha256[:12]}."

    return Order(exploration.id_of(link), title, past.file_name, past.recipe["documents_written"], write, compare)


def all_fields(corpus: Corpus) -> tuple[str, ...]:
    """The fields of a corpus, without those of the session in which nothing was ever marked."""
    marked = corpus.names if isinstance(corpus, MarkedCorpus) else {}
    used = {m.kind for m in corpus.marks} if isinstance(corpus, MarkedCorpus) else set()
    empty = {name for kind, name in marked.items() if kind not in used}
    return tuple(name for name in corpus.fields if name not in empty)


def file_name(corpus: str, text: str, suffix: str) -> str:
    """A name that says what is in the file, in letters that every system takes."""
    words = [re.sub(r"[^A-Za-z0-9_.-]+", "-", part).strip(".-") for part in (corpus, text)]
    return ("-".join(filter(None, words))[:_LONGEST_NAME].rstrip(".-") or "corpus") + suffix


def _corpus_named(name: str, first: str | None) -> Corpus:
    """The corpus of that name, the one that is shown before others of the same name."""
    for key in (first, *served()):
        _, corpus = corpora.find(key)
        if corpus.name == name:
            return corpus
    raise CorpusNotFound(f"The corpus {name!r} is not open here. Serve it too: corpuscope serve DIR DIR")
