"""Where a document's number stands among the numbers of all documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpuscope.catalog.catalog import Catalog
from corpuscope.catalog.columns import NumberColumn
from corpuscope.fields import Field
from corpuscope.reading.records import Standing


def standing_of(catalog: Catalog, field: Field, value: Any) -> Standing | None:
    """How many of the documents with a value have a lower one, and how many the same; None for what is no amount."""
    if value is None or field.multi or not field.is_number:
        return None
    column = catalog.column(field.name)
    assert isinstance(column, NumberColumn)
    counted = column.valid & catalog.shown
    of = int(np.count_nonzero(counted))
    lower = int(np.count_nonzero((column.values < value) & counted))
    same = int(np.count_nonzero((column.values == value) & counted))
    return Standing(lower, same, of)
