"""Essential-Web: a taxonomy of twelve categories and quality signals, as nested objects.

Columns: Essential-AI/eai-taxonomy, commit e8a934d5, README.md. The signals of RedPajama-V2 stand there as plain
numbers, under the names that RedPajama-V2 gave them.
"""

from __future__ import annotations

from corpuscope.fields import Field
from indexing.published.contract import Names, Rating, System, kept
from indexing.published.redpajama_v2_signals import SIGNALS
from indexing.published.values import PROBABILITY, numbers

_SOURCE = "EssentialAI Essential-Web v1.0, eai_taxonomy by eai-distill-0.5b."
_TAXONOMY, _SIGNALS = "eai_taxonomy.", "quality_signals."
_ABSTAINS = "-1 where the model abstained."


def _plan(names: Names) -> list[Rating]:
    return [_rating(name) for name in names if name.startswith((_TAXONOMY, _SIGNALS))]


def _rating(name: str) -> Rating:
    if name.startswith(_SIGNALS):
        known = SIGNALS.get(name.rpartition(".")[2])
        probability = name.startswith(f"{_SIGNALS}fasttext.")
        field = Field(
            name=name,
            type="double",
            meaning=known.meaning if known else f"{name.rpartition('.')[2].replace('_', ' ')}, by fastText.",
            source=_SOURCE,
            range=known.range if known else PROBABILITY if probability else None,
        )
        return Rating(columns=(name,), fields=(field,), convert=numbers)
    group = name.removeprefix(_TAXONOMY).replace("_", " ").replace(".", ", ")
    caveat = "" if "free_decimal" in name else _ABSTAINS if name.endswith(".code") else ""
    return kept(name, meaning=f"{group.capitalize()}.", source=_SOURCE, caveat=caveat)


def _origin(names: Names, path: str) -> str | None:
    return "essential_web" if any(name.startswith(_TAXONOMY) for name in names) else None


ESSENTIAL_WEB = System(name="essential_web", title="Essential-Web", origin=_origin, plan=_plan)
