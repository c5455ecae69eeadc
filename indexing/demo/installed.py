"""Documentation that is installed with the program's own dependencies: read-mes and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from indexing.demo.readers import Draft

#: Shorter docstrings say little; files beyond this number are passed over, evenly.
_SHORTEST, _FILES = 300, 120

#: A distribution's metadata as PEP 566 turns it into JSON.
Described = Mapping[str, str | list[str]]


def version(distribution: str) -> str | None:
    """The installed version, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def read_distribution(distribution: str) -> Iterator[Draft]:
    """The read-me, then docstrings of public functions and classes, in order of files and lines."""
    found = metadata.distribution(distribution)
    described = found.metadata.json
    about = {"url": _home(described), "licence": _licence(described)}
    yield {"key": "readme", "text": str(described.get("description", "")), "title": f"{distribution} read-me", **about}
    for module, path in _spread(_modules(found)):
        for name, text in _docstrings(path):
            yield {"key": f"{module}.{name}", "text": text, "title": f"{module}.{name}", **about}


def _modules(distribution: metadata.Distribution) -> list[tuple[str, Path]]:
    """Public Python files by dotted name; tests are none."""
    out = []
    for file in distribution.files or ():
        names = list(file.with_suffix("").parts)
        if file.suffix != ".py" or any(n.startswith(("_", "test", ".")) and n != "__init__" for n in names):
            continue
        dotted = ".".join(names).removesuffix(".__init__")
        out.append((dotted, Path(str(file.locate()))))
    return sorted(out)


def _spread(modules: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    step = max(1.0, len(modules) / _FILES)
    return [modules[int(i * step)] for i in range(min(len(modules), _FILES))]


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node) or ""
            if len(text) >= _SHORTEST:
                yield node.name, text


def _home(described: Described) -> str:
    links = [link.partition(",")[2].strip() for link in described.get("project_url", [])]
    return str(described.get("home_page") or (links[0] if links else ""))


def _licence(described: Described) -> str:
    named = str(described.get("license_expression") or described.get("license") or "")
    classified = [c.rpartition(":: ")[2] for c in described.get("classifier", []) if c.startswith("License ::")]
    return named if named and "\n" not in named and len(named) < 80 else ", ".join(classified) or "see the distribution"
