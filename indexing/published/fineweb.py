"""FineWeb, FineWeb-Edu and FineWeb-2: what their columns say of a page beside its text.

Columns: the data sets' cards (HuggingFaceFW/fineweb, fineweb-edu, fineweb-2); the educational score: the card of
HuggingFaceFW/fineweb-edu-classifier.
"""

from __future__ import annotations

from corpuscope.fields import Field
from indexing.published.contract import Names, Rating, System, kept
from indexing.published.values import PROBABILITY, numbers

_EDU = "HuggingFaceFW/fineweb-edu-classifier; kept in FineWeb-Edu from 3 up."
_FIRST = "Read off the first 512 tokens of the text."

SCORES = {
    "score": Field(name="score", type="double", meaning="Educational value, about 0 to 5.", source=_EDU, caveat=_FIRST,
                   bins=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)),
    "int_score": Field(name="int_score", type="int", meaning="Educational value rounded to 0 to 5.", source=_EDU,
                       caveat=_FIRST, range=(0.0, 5.0), bins=(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)),
}  # fmt: skip
_PAGE = {
    "language_score": Field(name="language_score", type="double", meaning="Confidence in the published language.",
                            source="FineWeb: fastText; FineWeb-2: GlotLID.", range=PROBABILITY),
    "token_count": Field(name="token_count", type="int", meaning="Tokens as published (GPT-2).", unit="tokens",
                         source="FineWeb.", range=(0.0, float(2**53))),
    "minhash_cluster_size": Field(name="minhash_cluster_size", type="int",
                                  meaning="Near duplicates in the page's cluster before deduplication.",
                                  source="FineWeb-2: MinHash, 14 bands of 8 over 5-grams.", range=(1.0, float(2**53)),
                                  bins=(1.0, 2.0, 3.0, 5.0, 10.0, 100.0, 1000.0, 10_000.0)),
}  # fmt: skip
_TEXTS = {
    "language": "Language code as published.",
    "language_script": "Script of the published language, ISO 15924.",
    "top_langs": "Other languages that were thought of, with their confidences, as JSON.",
    "dump": "Common Crawl snapshot.",
}


def _plan(names: Names) -> list[Rating]:
    fields = {**SCORES, **_PAGE}
    plan = [Rating(columns=(n,), fields=(field,), convert=numbers) for n, field in fields.items() if n in names]
    return plan + [kept(name, meaning=about, source="FineWeb.") for name, about in _TEXTS.items() if name in names]


def _origin(names: Names, path: str) -> str | None:
    has = set(names)
    if {"score", "int_score"} <= has:
        return "fineweb_edu"
    if "language_script" in has and {"minhash_cluster_size", "top_langs"} & has:
        return "fineweb_2"
    return "fineweb" if {"language_score", "token_count"} <= has else None


FINEWEB = System(name="fineweb", title="FineWeb", origin=_origin, plan=_plan)
