"""A catalog with further columns in memory, such as the labels of a session; all else is shared with its base."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscope.catalog import facets
from corpuscope.catalog.catalog import ID, Catalog
from corpuscope.catalog.columns import Column
from corpuscope.catalog.where import Where, understand
from corpuscope.errors import UnknownField


class WidenedCatalog(Catalog):
    """What concerns the fields of the base alone comes out of the base's caches."""

    def __init__(self, base: Catalog, columns: Sequence[Column]) -> None:
        self._base = base
        self._added = {c.field.name: c for c in columns}
        fields = [*base.fields.values(), *(c.field for c in columns)]
        super().__init__(fields, base.shown, lambda field: base.column(field.name))

    def column(self, name: str) -> Column:
        """The column of a field or of `id`."""
        if name in self._added:
            return self._added[name]
        if name not in self.fields and name != ID.name:
            raise UnknownField(name, self.fields)
        return self._base.column(name)

    def _compute_groups(self, name: str, bins: int) -> tuple[facets.Groups, facets.Counts]:
        if name in self._added:
            return super()._compute_groups(name, bins)
        return self._base._bin_groups(name, bins) if bins else self._base._value_groups(name)

    def _compute_where(self, text: str) -> Where:
        if understand(text, frozenset(self.fields)).fields.isdisjoint(self._added):
            return self._base.where(text)
        return super()._compute_where(text)
