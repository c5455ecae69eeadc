"""datatrove: why a filter removed a document, its statistics, and the clusters of its MinHash.

Names: huggingface/datatrove, commit a649de79, pipeline/filters, pipeline/stats and pipeline/dedup.
"""

from __future__ import annotations

import re

from indexing.published.contract import Names, Rating, System, kept

_SOURCE = "huggingface/datatrove, commit a649de79."
_REASON = "filter_reason"
_ABOUT = {
    _REASON: "Why a filter removed the document.",
    "minhash_cluster_id": "Cluster of near duplicates.",
    "minhash_cluster_size": "Documents in the cluster of near duplicates.",
    "exact_hash": "Hash of the normalised text.",
    "is_representative": "Whether the document stands for its cluster.",
    "max_jaccard_to_kept": "Greatest similarity to a document that was kept.",
    "dup_line_fraction": "Share of lines that are duplicates.",
}
_CAVEATS = {"minhash_cluster_id": "Clusters join documents through others, so two of one cluster may be less alike."}
_SIZES = {"minhash_cluster_size": (1.0, 2.0, 3.0, 5.0, 10.0, 100.0, 1000.0, 10_000.0)}
_STATISTICS = re.compile(
    r"length|white_space_ratio|non_alpha_digit_ratio|digit_ratio|uppercase_ratio|elipsis_ratio|punctuation_ratio|n_lines"
    r"|avg_line_length|(short|long)_line_ratio_chars_\d+|lines_ending_with_terminal_mark_ratio|bullet_point_lines_ratio"
    r"|line_duplicates|line_char_duplicates|n_paragraphs|avg_paragraph_length|n_words|avg_word_length"
    r"|avg_words_per_line|type_token_ratio|uppercase_word_ratio|capitalized_word_ratio|stop_word_ratio|fasttext_\w+"
)
#: So many statistics tell its files from others; one alone, such as `length`, is anybody's.
_FEWEST = 3


def _plan(names: Names) -> list[Rating]:
    return [rating for name in names if (rating := _rating(name)) is not None]


def _rating(column: str) -> Rating | None:
    """A column that datatrove writes, under its name without the object around it."""
    name = column.removeprefix("metadata.")
    if name in _ABOUT:
        return kept(column, name=name, meaning=_ABOUT[name], source=_SOURCE, caveat=_CAVEATS.get(name, ""),
                    bins=_SIZES.get(name))  # fmt: skip
    if _STATISTICS.fullmatch(name):
        return kept(column, name=name, meaning=f"{name.replace('_', ' ').capitalize()}.", source=_SOURCE)
    return None


def _origin(names: Names, path: str) -> str | None:
    bare = [name.removeprefix("metadata.") for name in names]
    if _REASON in bare or sum(_STATISTICS.fullmatch(name) is not None for name in bare) >= _FEWEST:
        return "datatrove"
    return "duplicate_clusters" if "minhash_cluster_id" in bare or "is_representative" in bare else None


DATATROVE = System(name="datatrove", title="datatrove", origin=_origin, plan=_plan)
