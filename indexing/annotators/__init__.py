"""The annotators of this program, in the order in which they may use each other's fields."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscope.errors import UsageError, suggest
from indexing.annotators.celadon import CELADON
from indexing.annotators.characters import CHARACTERS
from indexing.annotators.compression import COMPRESSION
from indexing.annotators.contract import Annotator, Given, Settings
from indexing.annotators.dataman import DATAMAN
from indexing.annotators.dclm_fasttext import DCLM_FASTTEXT
from indexing.annotators.fineweb_edu import FINEWEB_EDU
from indexing.annotators.format import FORMAT
from indexing.annotators.language import LANGUAGE
from indexing.annotators.nemo_curator import NEMO_CONTENT_TYPE, NEMO_DOMAIN, NEMO_QUALITY
from indexing.annotators.personal_data import PERSONAL_DATA
from indexing.annotators.prox_document import PROX_DOCUMENT
from indexing.annotators.quality_rules import QUALITY_RULES
from indexing.annotators.qurater import QURATER
from indexing.annotators.readability import READABILITY
from indexing.annotators.redpajama_v2 import REDPAJAMA_V2
from indexing.annotators.tokens import TOKENS
from indexing.annotators.topic import TOPIC
from indexing.annotators.toxicity import TOXICITY
from indexing.annotators.url_host import URL_HOST
from indexing.annotators.weborganizer import WEBORGANIZER_FORMAT, WEBORGANIZER_TOPIC
from indexing.annotators.words import WORDS
from indexing.annotators.year import YEAR

__all__ = ["ANNOTATORS", "DEFAULT", "Annotator", "Given", "Settings", "by_name", "needed_by", "select"]

ANNOTATORS: tuple[Annotator, ...] = (
    CHARACTERS,
    WORDS,
    LANGUAGE,
    REDPAJAMA_V2,
    COMPRESSION,
    TOKENS,
    URL_HOST,
    YEAR,
    PERSONAL_DATA,
    TOPIC,
    FORMAT,
    READABILITY,
    QUALITY_RULES,
    TOXICITY,
    FINEWEB_EDU,
    DCLM_FASTTEXT,
    CELADON,
    WEBORGANIZER_TOPIC,
    WEBORGANIZER_FORMAT,
    QURATER,
    DATAMAN,
    NEMO_QUALITY,
    NEMO_DOMAIN,
    NEMO_CONTENT_TYPE,
    PROX_DOCUMENT,
)

#: What `--annotators default` runs.
DEFAULT: tuple[str, ...] = (
    "characters",
    "words",
    "language",
    "redpajama_v2",
    "compression",
    "tokens",
    "url_host",
    "year",
    "personal_data",
    "topic",
    "format",
    "readability",
    "quality_rules",
    "toxicity",
)


def by_name(name: str) -> Annotator:
    """The annotator called `name`."""
    for annotator in ANNOTATORS:
        if annotator.name == name:
            return annotator
    raise UsageError(f"There is no annotator {name!r}. {suggest(name, (a.name for a in ANNOTATORS))}")


def needed_by(annotator: Annotator) -> tuple[Annotator, ...]:
    """The annotators whose fields `annotator` reads."""
    return tuple(a for a in ANNOTATORS if a is not annotator and {f.name for f in a.fields} & set(annotator.needs))


def select(names: Sequence[str]) -> tuple[Annotator, ...]:
    """The named annotators and those they need, in the order to run them; `default` stands for DEFAULT."""
    wanted: set[str] = set()
    todo = [part for name in names for part in (DEFAULT if name == "default" else (name,))]
    while todo:
        annotator = by_name(todo.pop())
        if annotator.name not in wanted:
            wanted.add(annotator.name)
            todo += [other.name for other in needed_by(annotator)]
    return tuple(a for a in ANNOTATORS if a.name in wanted)
