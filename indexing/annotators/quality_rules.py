"""Would the quality filters of Gopher, C4 and FineWeb keep a page, and why not: datatrove's decisions and their values.

One annotator for all four, since cutting a text into words costs more than any of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.rules import KEEP, SYSTEMS, failed_field, rules_of
from indexing.annotators.contract import WARM_UP, Annotator, Settings
from indexing.annotators.quality_fields import FIELDS, MEASURES, ORIGIN

_Values = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

#: What a value must not be; NaN is none of it.
_FAILS = {"<=": np.greater, "<": np.greater_equal, ">=": np.less, ">": np.less_equal}


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Measure each text once and judge its values by all rules."""
    from indexing.signals.quality_rules import measure

    column = batch.column("text")
    null = np.asarray(column.is_null())
    values, curly_first = measure(column)
    columns = {field.name: values[:, at] for at, field in enumerate(MEASURES)}
    arrays = {field.name: _numbers(field, columns[field.name], null) for field in MEASURES}
    for system in SYSTEMS:
        arrays |= _decisions(system, columns, curly_first & (system == "c4_quality"), null)
    return [arrays[field.name] for field in FIELDS]


def _numbers(field: Field, values: _Values, null: _Flags) -> pa.Array:
    without = null | np.isnan(values)
    kept = np.where(without, 0, values)
    return pa.array(kept.astype(np.int64) if field.type == "int" else kept, mask=without)


def _decisions(system: str, columns: Mapping[str, _Values], swapped: _Flags, null: _Flags) -> dict[str, pa.Array]:
    """The first reason and all reasons; where `swapped` is set the first two rules were tried in the other order."""
    rules = rules_of(system)
    fails = np.stack([_FAILS[rule.keep](columns[rule.value], rule.threshold) for rule in rules], axis=1)
    fails[null] = False
    rows, which = np.nonzero(fails)
    both = fails[:, 0] & fails[:, 1] & swapped
    which = np.where(both[rows] & (which < 2), 1 - which, which)
    reasons = pa.array([rule.reason for rule in rules]).take(pa.array(which))
    offsets = np.concatenate([[0], np.cumsum(fails.sum(axis=1))]).astype(np.int32)
    # Take the first of each row's reasons, or what stands behind them all: keep.
    first = np.where(fails.any(axis=1), offsets[:-1], len(which))
    decisions = pa.concat_arrays([reasons, pa.array([KEEP])]).take(pa.array(first, mask=null))
    return {
        system: decisions,
        failed_field(system): pa.ListArray.from_arrays(pa.array(offsets), reasons, mask=pa.array(null)),
    }


QUALITY_RULES = Annotator(
    name=ORIGIN,
    version="1",
    fields=FIELDS,
    needs=("text",),
    annotate=annotate,
    cost="about 10 MB of text a second",
    warm_up=WARM_UP,
)
