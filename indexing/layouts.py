"""Published corpora known by their columns: which column is the text, the id, the address, the date, the source.

Column names are those of the data sets' cards and of the code that reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from corpuscope.errors import UsageError, suggest
from corpuscope.fields import RESERVED


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns of one published corpus; `requires` are those that tell it from others."""

    name: str
    requires: frozenset[str]
    text: str = "text"
    id: str | None = None
    url: str | None = None
    title: str | None = None
    date: str | None = None
    source: str | None = None
    meanings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Which column of a file plays which part; None where there is none."""

    layout: str
    text: str | None
    id: str | None
    url: str | None
    title: str | None
    date: str | None
    source: str | None

    @property
    def canonical(self) -> dict[str, str]:
        """The fields `title`, `url`, `date`, `source` and the columns that fill them."""
        pairs = (("title", self.title), ("url", self.url), ("date", self.date), ("source", self.source))
        return {name: column for name, column in pairs if column is not None}


_FINEWEB = {
    "dump": "Common Crawl snapshot",
    "file_path": "WARC file that the page was read from",
    "language": "language code as published",
    "language_score": "confidence of the publisher's language identification, 0 to 1",
    "token_count": "tokens as counted by the publisher (GPT-2)",
}
_QURATING = "mean rating of the text's 512-token windows, weighted by their tokens; unbounded"

#: The first layout whose columns are all there is taken, so the richer ones stand first.
LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="FineWeb-Edu",
        requires=frozenset({"text", "id", "dump", "url", "file_path", "score", "int_score"}),
        id="id",
        url="url",
        date="date",
        source="dump",
        meanings=_FINEWEB
        | {
            "source.score": "educational value by the FineWeb-Edu classifier, about 0 to 5",
            "int_score": "the educational value rounded to 0 to 5",
        },
    ),
    Layout(
        name="FineWeb-2",
        requires=frozenset({"text", "id", "dump", "url", "file_path", "language_script"}),
        id="id",
        url="url",
        date="date",
        source="dump",
        meanings=_FINEWEB
        | {
            "language_script": "script as ISO 15924",
            "minhash_cluster_size": "near duplicates in this document's cluster before deduplication",
            "top_langs": "alternative languages and their confidences, JSON",
        },
    ),
    Layout(
        name="FineWeb",
        requires=frozenset({"text", "id", "dump", "url", "file_path"}),
        id="id",
        url="url",
        date="date",
        source="dump",
        meanings=_FINEWEB,
    ),
    Layout(
        name="RedPajama-V2",
        requires=frozenset({"raw_content", "url", "cc_segment", "date_download"}),
        text="raw_content",
        id="doc_id",
        url="url",
        title="title",
        date="date_download",
        source="cc_segment",
        meanings={
            "source_domain": "domain of the page",
            "digest": "SHA-1 of the normalised text by CCNet",
            "nlines": "lines after CCNet's deduplication",
            "original_nlines": "lines before CCNet's deduplication",
            "length": "characters after CCNet's deduplication",
            "original_length": "characters before CCNet's deduplication",
            "perplexity": "perplexity under CCNet's 5-gram model of Wikipedia",
            "bucket": "perplexity third by CCNet: head, middle or tail",
        },
    ),
    Layout(
        name="SlimPajama",
        requires=frozenset({"text", "meta.redpajama_set_name"}),
        id="id",
        source="meta.redpajama_set_name",
        meanings={"meta.redpajama_set_name": "the RedPajama set that the document comes from"},
    ),
    Layout(
        name="The Pile",
        requires=frozenset({"text", "meta.pile_set_name"}),
        id="id",
        source="meta.pile_set_name",
        meanings={"meta.pile_set_name": "the component of the Pile that the document comes from"},
    ),
    Layout(
        name="Dolma",
        requires=frozenset({"id", "text", "source", "added"}),
        id="id",
        url="metadata.url",
        title="metadata.title",
        date="created",
        source="source",
        meanings={"added": "when the document was added to Dolma", "created": "when the document was written"},
    ),
    Layout(
        name="DCLM",
        requires=frozenset({"text", "url", "warcinfo"}),
        id="metadata.WARC-Record-ID",
        url="url",
        date="metadata.WARC-Date",
        meanings={
            "fasttext_openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train_prob": "probability of high quality by DCLM's "
            "classifier; about 0.018 separates the published tenth",
            "language_id_whole_page_fasttext.en": "probability of English by fastText",
        },
    ),
    Layout(
        name="Common Corpus",
        requires=frozenset({"identifier", "collection", "open_type", "text"}),
        id="identifier",
        title="title",
        date="date",
        source="collection",
        meanings={
            "collection": "the collection that the document comes from",
            "open_type": "kind of openness: culture, government, science, source, web",
            "license": "licence as published",
        },
    ),
    Layout(
        name="QuRatedPajama",
        requires=frozenset({"text", "writing_style_average", "educational_value_average"}),
        source="source_domain",
        meanings={
            "writing_style_average": f"QuRating writing style: {_QURATING}",
            "required_expertise_average": f"QuRating required expertise: {_QURATING}",
            "facts_and_trivia_average": f"QuRating facts and trivia: {_QURATING}",
            "educational_value_average": f"QuRating educational value: {_QURATING}",
            "source_domain": "the SlimPajama set that the document comes from",
        },
    ),
    Layout(
        name="C4",
        requires=frozenset({"text", "url", "timestamp"}),
        url="url",
        date="timestamp",
        meanings={"timestamp": "when the page was crawled"},
    ),
    Layout(name="ROOTS", requires=frozenset({"text", "meta"}), id="id"),
)

_TEXT = (
    "text",
    "raw_content",
    "content",
    "contents",
    "document",
    "body",
    "article",
    "full_text",
    "raw_text",
    "passage",
)
_ID = ("id", "_id", "doc_id", "docid", "docno", "document_id", "uuid", "identifier")
_URL = (
    "url",
    "source_url",
    "article_source_link",
    "link",
    "uri",
    "href",
    "warc_target_uri",
    "meta.url",
    "metadata.url",
)
_TITLE = ("title", "headline", "meta.title", "metadata.title")
_DATE = (
    "date", "timestamp", "publish_date", "published", "publication_date", "date_published", "date_download", "created",
    "created_at", "meta.date", "metadata.date", "meta.timestamp", "metadata.timestamp", "year",
)  # fmt: skip
_SOURCE = ("source", "meta.source", "metadata.source", "dataset", "subset", "collection")


def check_options(columns: Iterable[str], *, text_field: str | None, id_field: str | None) -> None:
    """Raise UsageError for a field that the user named and the source does not have."""
    names = list(columns)
    for option, name in (("--text-field", text_field), ("--id-field", id_field)):
        if name is not None and name not in names:
            raise UsageError(f"{option} {name!r} is no field of this source. {suggest(name, names)}")


def choose(columns: Iterable[str], *, text_field: str | None = None, id_field: str | None = None) -> Roles:
    """Say which columns of a file play which part; the user's word wins, then a known layout, then usual names."""
    names = list(columns)
    layout = next((known for known in LAYOUTS if known.requires <= set(names)), None)
    if layout is None or (text_field is not None and text_field != layout.text):
        return _by_usual_names(names, text_field, id_field)
    present = {role: _present(getattr(layout, role), names) for role in ("id", "url", "title", "date", "source")}
    present["id"] = id_field or present["id"]
    usual = _by_usual_names(names, text_field, id_field)
    filled = {role: name if name is not None else getattr(usual, role) for role, name in present.items()}
    return Roles(layout=layout.name, text=layout.text, **filled)


def field_name(column: str, roles: Roles) -> str | None:
    """The name under which a published column is kept; None where a canonical column says it all."""
    if column == roles.text or (column == roles.id and column.lower() == "id"):
        return None
    if column in roles.canonical.values() and column.lower() in roles.canonical:
        return None
    taken = RESERVED | {"date_precision", "date_original", *roles.canonical, "source"}
    return f"source.{column}" if column.lower() in taken else column


def meanings() -> dict[str, str]:
    """What published fields mean, by name, over all layouts (the first one that says it)."""
    out: dict[str, str] = {}
    for layout in LAYOUTS:
        out = dict(layout.meanings) | out
    return out


def _present(name: str | None, names: list[str]) -> str | None:
    return name if name in names else None


def _by_usual_names(names: list[str], text_field: str | None, id_field: str | None) -> Roles:
    return Roles(
        layout="",
        text=text_field or _first(_TEXT, names),
        id=id_field or _first(_ID, names),
        url=_first(_URL, names),
        title=_first(_TITLE, names),
        date=_first(_DATE, names),
        source=_first(_SOURCE, names),
    )


def _first(candidates: tuple[str, ...], names: list[str]) -> str | None:
    """The first candidate that is a column, in its own spelling; of several spellings the lower case wins."""
    by_lower = {name.lower(): name for name in reversed(names)} | {name: name for name in names}
    return next((by_lower[candidate] for candidate in candidates if candidate in by_lower), None)
