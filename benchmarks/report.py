"""A benchmark's findings as Markdown: tables of figures, and promises with whether they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Figures: the first column names what was measured."""

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """The table, numbers to the right."""
        rule = ("---", *("---:" for _ in self.header[1:]))
        return "\n".join("| " + " | ".join(row) + " |" for row in (self.header, rule, *self.rows))


@dataclass(frozen=True)
class Promise:
    """A figure that shall not exceed a limit."""

    words: str
    figure: float
    limit: float
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.figure <= self.limit

    def row(self) -> tuple[str, ...]:
        """The promise as a line of a table."""
        verdict = "holds" if self.holds else "**does not hold**"
        return self.words, number(self.figure) + self.unit, f"<= {number(self.limit)}{self.unit}", verdict


@dataclass(frozen=True)
class Section:
    """One benchmark's findings; `notes` say what was measured and how."""

    title: str
    notes: Sequence[str]
    tables: Sequence[Table]
    promises: Sequence[Promise] = field(default_factory=tuple)

    def markdown(self) -> str:
        """The section as it stands in RESULTS.md."""
        promised = Table(("promise", "measured", "limit", ""), [p.row() for p in self.promises])
        tables = [*self.tables, promised] if self.promises else self.tables
        return "\n\n".join([f"## {self.title}", *(t.markdown() for t in tables), *self.notes]) + "\n"


def number(value: float) -> str:
    """Three digits that matter, or all of a large number's."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
