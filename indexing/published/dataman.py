"""DataPajama: fourteen criteria from 1 to 5 and an application domain, as DataMan wrote them.

Columns, order and letters: pengr/DataMan, commit db3bc944, data_tools/dataman_annotate_hf.py; method: Peng et
al., 2025.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.published.contract import Cells, Names, Rating, System, kept
from indexing.published.values import known, labels, number

CRITERIA = {
    "accuracy": "Few errors of grammar, reference and spelling.",
    "coherence": "The content hangs together.",
    "language_consistency": "One language, little mixing.",
    "semantic_density": "Share of content that says something and does not repeat.",
    "knowledge_novelty": "New knowledge.",
    "topic_focus": "Keeps to its topic.",
    "creativity": "Creative elements.",
    "professionalism": "Depth of expertise.",
    "style_consistency": "One style.",
    "grammatical_diversity": "Variety of grammar.",
    "structural_standardization": "Clear structure.",
    "originality": "Does not repeat what others say.",
    "sensitivity": "Sensitive matters are handled appropriately (higher is better, not more sensitive).",
    "overall_score": "Quality over all.",
}
DOMAINS = {
    "A": "Medicine", "B": "Finance", "C": "Law", "D": "Education", "E": "Technology", "F": "Entertainment",
    "G": "Mathematics", "H": "Coding", "I": "Government", "J": "Culture", "K": "Transportation",
    "L": "Retail E-commerce", "M": "Telecommunication", "N": "Agriculture", "O": "Other",
}  # fmt: skip

_DOMAIN = "application_domain"
SOURCE = "DataMan (Peng et al., 2025), pengr/DataMan, commit db3bc944."
CAVEAT = "Rated on a text cut in the middle where it was long; written by a language model."


def _origin(names: Names, path: str) -> str | None:
    return "dataman" if "overall_score" in names and len(CRITERIA.keys() & set(names)) >= 5 else None


def _plan(names: Names) -> list[Rating]:
    columns = tuple(name for name in (_DOMAIN, *CRITERIA) if name in names)
    criteria = tuple(
        Field(name=name, type="int", meaning=f"{CRITERIA[name]} 1 to 5, 5 is best.", source=SOURCE, caveat=CAVEAT,
              range=(1.0, 5.0))
        for name in columns if name != _DOMAIN
    )  # fmt: skip
    fields = (*(_domain_fields() if _DOMAIN in columns else ()), *criteria, _PARSE_ERROR)
    further = [kept(name, source=SOURCE) for name in ("length", "ppl", "quality_score", "toxicity", "source_domain")
               if name in names]  # fmt: skip
    return [Rating(columns=columns, fields=fields, convert=_parse), *further]


_PARSE_ERROR = Field(
    name="parse_error",
    type="bool",
    meaning="Whether one of DataMan's answers for the document is missing or is none that it may give.",
    source=SOURCE,
)


def _domain_fields() -> tuple[Field, Field]:
    return (
        Field(name=_DOMAIN, type="text", meaning="Application domain, by its letter.", source=SOURCE, caveat=CAVEAT),
        Field(name=f"{_DOMAIN}.name", type="text", meaning="Application domain.", source=SOURCE, caveat=CAVEAT),
    )


def _parse(cells: Cells, rating: Rating) -> list[pa.Array]:
    """All answers of a block, and where one of them could not be used."""
    fields = {field.name: field for field in rating.fields}
    made: list[pa.Array] = []
    for column in rating.columns:
        if column == _DOMAIN:
            made += [labels(cells, column, _LETTERS), labels(cells.quietly(), column, _NAMES)]
        else:
            made.append(number(cells, column, fields[column]))
    failed = ~np.logical_and.reduce([known(array) for array in made])
    return [*made, pa.array(failed)]


_LETTERS = {spelling: letter for letter, name in DOMAINS.items() for spelling in (letter, letter.lower(), name)}
_NAMES = {spelling: DOMAINS[letter] for spelling, letter in _LETTERS.items()}

DATAMAN = System(name="dataman", title="DataMan", origin=_origin, plan=_plan, cuts_text=True)
