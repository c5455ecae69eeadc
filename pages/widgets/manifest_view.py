"""A manifest as HTML: sizes, sources, fields, and what was rejected or mended, with first examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from corpuscope import imported
from corpuscope.dense.about import embedder_in_words, index_in_words
from corpuscope.fields import Field
from corpuscope.manifest import DenseEntry, Manifest, Reject
from pages.widgets import wording
from pages.widgets.safe_html import Html, datum, element, join

_EXAMPLES = 3


def manifest_html(manifest: Manifest, version: str, suppressed: int) -> Html:
    """Everything that a reader of the corpus may want to know about how it was made."""
    sections = (
        _figures(manifest, version, suppressed),
        _rejects("Left out", manifest.rejected, "Every record had usable text."),
        _rejects("Mended", manifest.mended, "Every record was kept as it came."),
        _fields(manifest.fields),
        _sources(manifest.sources),
        _imports(manifest.imports),
        _embeddings(manifest.dense),
    )
    return element("div", *sections, class_="sheet")


def _figures(manifest: Manifest, version: str, suppressed: int) -> Html:
    size = sum(f.bytes for f in manifest.files())
    figures = (
        (manifest.name, f"version {version}"),
        (f"{manifest.rows - suppressed:,}", "documents"),
        (f"{suppressed:,}", "suppressed"),
        (f"{sum(r.count for r in manifest.rejected.values()):,}", "left out at build"),
        (f"{len(manifest.parts):,}", "parts"),
        (wording.size(size), "on disk"),
        (manifest.language, "analysis"),
    )
    return element(
        "div", *(element("div", element("b", datum(n)), element("span", what)) for n, what in figures), class_="figures"
    )


def _embeddings(dense: Mapping[str, DenseEntry]) -> Html | None:
    """By which models documents can be searched by meaning; nothing where there is none."""
    if not dense:
        return None
    rows = [
        (
            element("td", datum(name), class_="name"),
            element("td", f"{entry.index['vectors']:,}", class_="number"),
            element("td", datum(embedder_in_words(entry))),
            element("td", index_in_words(entry.index)),
        )
        for name, entry in dense.items()
    ]
    return join([element("h3", "Embeddings"), _table(("Embedder", "Vectors", "Model", "Index"), rows)])


def _rejects(title: str, rejects: Mapping[str, Reject], none: str) -> Html:
    if not rejects:
        return join([element("h3", title), element("p", none, class_="quiet")])
    rows = [
        (
            element("td", f"{r.count:,}", class_="number"),
            element("td", reason.replace("_", " ")),
            element("td", _examples(r)),
        )
        for reason, r in sorted(rejects.items(), key=lambda item: (-item[1].count, item[0]))
    ]
    return join([element("h3", title), _table(("Records", "Why", "First examples"), rows)])


def _examples(reject: Reject) -> Html:
    return join(element("span", datum(_example(e)), class_="example") for e in reject.examples[:_EXAMPLES])


def _example(example: Mapping[str, Any]) -> str:
    where = ":".join(str(example[k]) for k in ("file", "line") if example.get(k))
    return " ".join(filter(None, (where, str(example.get("detail") or ""))))


def _fields(fields: Iterable[Field]) -> Html:
    rows = [
        (
            element("td", datum(f.name), class_="name"),
            element("td", f"list of {f.type}" if f.multi else f.type, class_="type"),
            element("td", datum(f.origin), class_="origin"),
            element("td", _about(f)),
        )
        for f in fields
    ]
    return join([element("h3", "Fields"), _table(("Field", "Type", "From", "Meaning"), rows)])


def _about(field: Field) -> Html:
    notes = [
        f"In {field.unit}." if field.unit else "",
        "Estimated." if field.estimated else "",
        field.caveat,
        field.source,
    ]
    return join([field.meaning, element("span", " ".join(filter(None, notes)), class_="example")])


def _sources(sources: Iterable[Mapping[str, Any]]) -> Html:
    rows = []
    for source in sources:
        files = source.get("files") or []
        accepted = sum(int(f.get("accepted") or 0) for f in files)
        notes = [str(source.get("licence") or "")]
        if source.get("skipped"):
            notes.append(f"Skipped: {', '.join(map(str, source['skipped']))}")
        rows.append(
            (
                element("td", datum(source.get("spec", "")), class_="name"),
                element("td", f"{len(files):,}", class_="number"),
                element("td", f"{accepted:,}", class_="number"),
                element("td", datum(" ".join(filter(None, notes)))),
            )
        )
    return join([element("h3", "Sources"), _table(("Source", "Files", "Documents", ""), rows)])


def _imports(imports: Mapping[str, Mapping[str, Any]]) -> Html:
    """Ratings that somebody published: what matched, what did not, what could not be used."""
    if not imports:
        return join([])
    rows = [
        (
            element("td", datum(origin), class_="name"),
            element("td", f"{about['matched']:,}", class_="number"),
            element("td", datum(imported.summary(about)), _notes(about)),
        )
        for origin, about in imports.items()
    ]
    return join([element("h3", "Imported ratings"), _table(("From", "Documents", "What"), rows)])


def _notes(about: Mapping[str, Any]) -> Html:
    left_out = (f"{r.count:,} {reason.replace('_', ' ')}" for reason, r in imported.rejects(about).items())
    return join(element("span", datum(note), class_="example") for note in (*imported.notes(about), *left_out))


def _table(heads: Iterable[str], rows: Iterable[Iterable[Html]]) -> Html:
    head = element("tr", *(element("th", h) for h in heads))
    body = (element("tr", *row) for row in rows)
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="scroll")
