"""NeMo Curator: the columns that its classifiers add.

Names and labels: NVIDIA/NeMo-Curator, commit ecd5c579, classifiers, and the models' cards.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.published.contract import Cells, Names, Rating, System, kept
from indexing.published.values import numbers, texts
from indexing.typed_columns import listed

_SOURCE = "NVIDIA NeMo Curator."
LABELS = {
    "quality_pred": ("Quality: High, Medium or Low.", "nvidia/quality-classifier-deberta"),
    "domain_pred": ("Domain, one of 26.", "nvidia/domain-classifier"),
    "content_pred": ("Kind of content, one of 11.", "nvidia/content-type-classifier-deberta"),
    "fineweb-edu-score-label": ("high_quality from 2.5 up.", "nvidia/nemocurator-fineweb-*-edu-classifier"),
    "is_poisoned": ("Whether the poisoning score is above 0.5.", "nvidia/instruction-data-guard"),
    "quality_prob": ("Probabilities of the quality labels.", "nvidia/quality-classifier-deberta"),
}
_NUMBERS = {
    "instruction_data_guard_poisoning_score": Field(
        name="instruction_data_guard_poisoning_score", type="double", range=(0.0, 1.0),
        meaning="Probability that an instruction is poisoned.", source="nvidia/instruction-data-guard."),
    "bucketed_results": Field(
        name="bucketed_results", type="int", range=(0.0, 20.0), meaning="Quality from 0 to 20 by an ensemble.",
        source="Nemotron-CC.", caveat="Above 11 counted as high quality for rewriting."),
    "fineweb-edu-score": Field(
        name="fineweb-edu-score", type="double", range=(0.0, 5.0), meaning="Educational value.",
        source="nvidia/nemocurator-fineweb-*-edu-classifier."),
    "fineweb-edu-score-int": Field(
        name="fineweb-edu-score-int", type="int", range=(0.0, 5.0), meaning="Educational value, rounded.",
        source="nvidia/nemocurator-fineweb-*-edu-classifier."),
}  # fmt: skip
_AEGIS = pa.array(["safe", "unknown", *(f"O{number}" for number in range(1, 14))])
_RISKS = Field(
    name="aegis_pred",
    type="text",
    multi=True,
    meaning="safe, or the kinds of risk O1 to O13 that were named.",
    source="nvidia/Aegis-AI-Content-Safety-LlamaGuard.",
)


def _plan(names: Names) -> list[Rating]:
    plan = [kept(name, meaning=says, source=by) for name, (says, by) in LABELS.items() if name in names]
    plan += [Rating(columns=(n,), fields=(field,), convert=numbers) for n, field in _NUMBERS.items() if n in names]
    risks = [Rating(columns=("aegis_pred",), fields=(_RISKS,), convert=_risks)]
    return plan + (risks if "aegis_pred" in names else [])


def _risks(cells: Cells, rating: Rating) -> list[pa.Array]:
    """A comma list of risks as several values; what is none of them is counted."""
    split = pc.split_pattern(texts(cells, "aegis_pred"), ",")
    said = pc.utf8_trim_whitespace(split.flatten())
    strange = pc.is_null(pc.index_in(said, _AEGIS)).to_numpy(zero_copy_only=False)
    bad = np.zeros(cells.rows, np.bool_)
    bad[pc.list_parent_indices(split).to_numpy()[strange]] = True
    cells.fault("unknown_label", "aegis_pred", bad)
    risks = listed(said, pc.list_value_length(split))
    return [pc.if_else(pa.array(bad), pa.scalar(None, risks.type), risks)]


def _origin(names: Names, path: str) -> str | None:
    own = (LABELS.keys() | _NUMBERS.keys() | {"aegis_pred"}) - {"quality_prob", "is_poisoned"}
    return "nemo_curator" if own & set(names) else None


NEMO_CURATOR = System(name="nemo_curator", title="NeMo Curator", origin=_origin, plan=_plan)
