"""Any other file: its columns are kept under their published names, with the types that their values have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from indexing.layouts import choose
from indexing.published.contract import Names, Rating, System, kept

#: Never ratings: the tokens of a text.
_NO_RATINGS = frozenset({"input_ids", "tokens_ids", "attention_mask"})


def common_name(paths: Sequence[str]) -> str:
    """The only name that such ratings have: that of the file, or of the folder of several."""
    first = Path(paths[0])
    named = first.name.partition(".")[0] if len(paths) == 1 else first.resolve().parent.name
    return re.sub(r"\W+", "_", named).strip("_").lower() or "unnamed"


def _plan(names: Names) -> list[Rating]:
    roles = choose(names)
    documents = {roles.text, roles.id, roles.title, roles.url, roles.date} - {None}
    return [kept(name) for name in names if name not in documents | _NO_RATINGS]


FLAT = System(name="flat", title="columns", origin=lambda names, path: common_name([path]), plan=_plan)
