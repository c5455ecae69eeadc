"""DCLM-Baseline: the probability by which its pages were chosen, and what stands beside it.

Columns: the card of mlfoundations/dclm-baseline-1.0; the threshold: mlfoundations/dclm, commit 361714bd,
baselines_configs/fasttext_filter.yaml.
"""

from __future__ import annotations

from corpuscope.fields import Field
from indexing.published.contract import Names, Rating, System
from indexing.published.values import PROBABILITY as FASTTEXT
from indexing.published.values import numbers

PROBABILITY = "fasttext_openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train_prob"

_SOURCE = "mlfoundations/dclm-baseline-1.0."
_COUNT = (0.0, float(2**53))
#: The probability by which pages were chosen, published or computed.
QUALITY = Field(
    name=PROBABILITY,
    type="double",
    meaning="Probability of high quality; 0.018112 is the threshold of DCLM-Baseline.",
    source="mlfoundations/fasttext-oh-eli5.",
    caveat="Most pages are near 0: read it on a logarithmic scale.",
    range=FASTTEXT,
    bins=(0.0, 0.001, 0.003, 0.01, 0.018112, 0.03, 0.1, 0.3, 1.0),
)
_FIELDS = (
    QUALITY,
    Field(
        name="language_id_whole_page_fasttext.en",
        type="double",
        meaning="Probability of English by fastText.",
        source=_SOURCE,
        range=FASTTEXT,
    ),
    Field(
        name="bff_contained_ngram_count_before_dedupe",
        type="int",
        meaning="n-grams of the page that the Bloom filter had seen before.",
        source=_SOURCE,
        range=_COUNT,
    ),
    Field(
        name="previous_word_count",
        type="int",
        meaning="Words before paragraphs were deduplicated.",
        source=_SOURCE,
        range=_COUNT,
    ),
)


def _plan(names: Names) -> list[Rating]:
    return [Rating(columns=(f.name,), fields=(f,), convert=numbers) for f in _FIELDS if f.name in names]


def _origin(names: Names, path: str) -> str | None:
    return "dclm" if {PROBABILITY, "bff_contained_ngram_count_before_dedupe"} & set(names) else None


DCLM = System(name="dclm", title="DCLM-Baseline", origin=_origin, plan=_plan, ids=("metadata.WARC-Record-ID",))
