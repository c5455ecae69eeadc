"""What a corpus says of its embeddings, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpuscope.manifest import DenseEntry

_CUT = {
    "first": "the first passage of each document",
    "passages": "every passage of each document",
    "mean": "the mean of each document's passages",
}


def embedder_in_words(entry: DenseEntry) -> str:
    """The model, what it reads, and what of a document it has read."""
    model = entry.embedder
    named = model.get("model") or f"a folder's model, SHA-256 {model['sha256'][:12]}"
    revision = f" at {model['revision'][:12]}" if model.get("revision") else ""
    most = f", up to {model['max_tokens']:,} tokens" if model.get("max_tokens") else ""
    read = "all of each document" if not most and entry.passages == "first" else _CUT[entry.passages]
    return f"{named}{revision}, {model['dimensions']:,} dimensions{most}; {read}"


def index_in_words(index: Mapping[str, Any]) -> str:
    """That it is exact, or the lists and what part of the true nearest they find."""
    if index.get("kind") == "exact":
        return "exact: every vector is looked at"
    recall = [_recall_in_words(float(share), value) for share, value in index["recall"].items()]
    return f"{index['kind']}, {index['probes']} lists a query; recall@10 {', '.join(recall)}"


def _recall_in_words(share: float, value: float) -> str:
    return f"{value:.3f}" if share == 1 else f"{value:.3f} where {share:.1%} are allowed"
