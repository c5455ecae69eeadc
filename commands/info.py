"""`corpuscope info`: what a corpus holds, what was rejected and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from commands import terminal
from commands.query_arguments import open_and_remember
from corpuscope import imported
from corpuscope.corpus import Corpus
from corpuscope.dense.about import embedder_in_words, index_in_words
from corpuscope.manifest import Manifest, Reject
from corpuscope.wording import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="a corpus folder")
    parser.add_argument("--json", action="store_true", help="everything as JSON")


def run(args: argparse.Namespace) -> int:
    """Print what the manifest says."""
    corpus = open_and_remember(args.folder)
    print(json.dumps(_as_json(corpus), ensure_ascii=False, indent=1) if args.json else "\n".join(_lines(corpus)))
    return 0


def _as_json(corpus: Corpus) -> dict[str, Any]:
    manifest = corpus.manifest
    return {
        "name": manifest.name,
        "version": corpus.version,
        "documents": manifest.rows - len(corpus.suppressed_rows),
        "suppressed": len(corpus.suppressed_rows),
        "bytes": sum(f.bytes for f in manifest.files()),
        "language": manifest.language,
        "parts": [{"name": p.name, "documents": p.rows} for p in manifest.parts],
        "fields": [f.to_json() for f in manifest.fields],
        "annotators": manifest.annotators,
        "imports": manifest.imports,
        "embeddings": {name: asdict(entry) for name, entry in manifest.dense.items()},
        "sources": list(manifest.sources),
        "rejected": {k: asdict(r) for k, r in manifest.rejected.items()},
        "mended": {k: asdict(r) for k, r in manifest.mended.items()},
        "options": manifest.options,
        "history": list(manifest.history),
    }


def _lines(corpus: Corpus) -> Iterator[str]:
    manifest = corpus.manifest
    shown = manifest.rows - len(corpus.suppressed_rows)
    size = terminal.size(sum(f.bytes for f in manifest.files()))
    documents, parts = counted(shown, "document"), counted(len(manifest.parts), "part")
    yield f"{corpus.label}: {documents} in {parts}, {size}, analysed as {manifest.language}"
    if len(corpus.suppressed_rows):
        yield f"{len(corpus.suppressed_rows):,} are suppressed; their text stays in the files until: corpuscope compact"
    yield ""
    yield "fields"
    width = max((len(field.name) for field in manifest.fields), default=0)
    for field in manifest.fields:
        kind = f"list of {field.type}" if field.multi else field.type
        estimated = " (estimated)" if field.estimated else ""
        line = f"  {field.name:<{width}} {kind:<14} {field.origin}{estimated}  {field.meaning}"
        yield terminal.printable(line.rstrip())
    for name, entry in manifest.dense.items():
        yield ""
        yield terminal.printable(f"embeddings by {name}: {embedder_in_words(entry)}")
        yield f"  {counted(entry.index['vectors'], 'vector')}, {index_in_words(entry.index)}"
    yield from reject_lines("rejected", manifest.rejected)
    yield from reject_lines("mended", manifest.mended)
    yield from skipped_lines(manifest)
    for origin in manifest.imports:
        yield from import_lines(manifest, origin)


def import_lines(manifest: Manifest, origin: str) -> Iterator[str]:
    """What was imported under one origin, what did not match and what could not be used."""
    about = manifest.imports[origin]
    names = [f.name for f in manifest.fields if f.origin == origin]
    yield ""
    yield terminal.printable(f"{origin}: {imported.summary(about)}")
    yield terminal.printable(f"  {counted(len(names), 'field')}: {imported.some(names)}")
    yield from (terminal.printable(f"  {note}") for note in imported.notes(about))
    yield from reject_lines(f"rejected of {origin}", imported.rejects(about))


def reject_lines(title: str, rejects: dict[str, Reject]) -> Iterator[str]:
    """Counts by reason with the first example of each."""
    if not rejects:
        return
    yield ""
    yield title
    for reason, reject in sorted(rejects.items(), key=lambda item: -item[1].count):
        example = reject.examples[0] if reject.examples else {}
        where = f"  first: {example.get('file')}:{example.get('line')} {example.get('detail', '')}" if example else ""
        yield terminal.printable(f"  {reject.count:>10,}  {reason}{where}".rstrip())


def skipped_lines(manifest: Manifest) -> Iterator[str]:
    """How many files and folders of the sources were not read, with the name of the first."""
    total = sum(source.get("skipped_total", 0) for source in manifest.sources)
    if not total:
        return
    first = next(name for source in manifest.sources for name in source.get("skipped", ()))
    yield ""
    yield "skipped"
    yield terminal.printable(f"  {total:>10,}  files or folders that are not read  first: {first}")
