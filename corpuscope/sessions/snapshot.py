"""What a corpus was like when it was asked, and in plain sentences what has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuscope.corpus import Corpus
    from corpuscope.fields import Field

_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What decides a corpus's answers.

    `documents` counts the suppressed ones too. `parts` are digests of the documents in each part, `fields` types by
    name, `annotators` versions by name.
    """

    version: str
    documents: int
    suppressed: int
    language: str
    parts: tuple[str, ...]
    fields: dict[str, str]
    annotators: dict[str, str]

    @classmethod
    def of(cls, corpus: Corpus) -> Snapshot:
        """The corpus as it is now."""
        manifest = corpus.manifest
        return cls(
            version=corpus.version,
            documents=manifest.rows,
            suppressed=len(corpus.suppressed_rows),
            language=manifest.language,
            parts=tuple(p.documents.sha256[:_DIGITS] for p in manifest.parts),
            fields={f.name: _type_of(f) for f in manifest.fields},
            annotators=manifest.versions,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self) | {"parts": list(self.parts)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Snapshot:
        """The snapshot that `to_json` wrote."""
        return cls(**data | {"parts": tuple(data["parts"])})


def changes(before: Snapshot, now: Snapshot) -> list[str]:
    """What has changed that can change an answer, one sentence each; none when nothing has."""
    if before.version == now.version:
        return []
    return [*_document_changes(before, now), *_field_changes(before, now), *_annotator_changes(before, now)]


def _document_changes(before: Snapshot, now: Snapshot) -> Iterator[str]:
    added = now.documents - before.documents
    if added > 0:
        yield f"{_documents(added)} added ({before.documents:,} → {now.documents:,})."
    elif added < 0:
        yield f"{_documents(-added)} removed ({before.documents:,} → {now.documents:,})."
    else:
        changed = sum(a != b for a, b in zip(before.parts, now.parts, strict=False))
        if changed:
            yield f"The documents of {changed:,} of {len(before.parts):,} parts are others than before."
    suppressed = now.suppressed - before.suppressed
    if suppressed > 0:
        yield f"{_documents(suppressed)} suppressed."
    elif suppressed < min(added, 0):  # suppressed, then removed for good: that is said already
        yield f"{now.suppressed:,} documents are suppressed now (before: {before.suppressed:,})."
    if before.language != now.language:
        yield f"The texts are analysed as {now.language} now (before: {before.language})."


def _field_changes(before: Snapshot, now: Snapshot) -> Iterator[str]:
    for name, kind in now.fields.items():
        if name not in before.fields:
            yield f"New field {name}."
        elif before.fields[name] != kind:
            yield f"The field {name} holds {kind} values now (before: {before.fields[name]})."
    for name in before.fields:
        if name not in now.fields:
            yield f"The field {name} is gone."


def _annotator_changes(before: Snapshot, now: Snapshot) -> Iterator[str]:
    for name, version in now.annotators.items():
        earlier = before.annotators.get(name, version)
        if earlier != version:
            yield f"{name} was made again (version {earlier} → {version})."


def _documents(count: int) -> str:
    return "1 document was" if count == 1 else f"{count:,} documents were"


def _type_of(field: Field) -> str:
    return f"list of {field.type}" if field.multi else field.type
