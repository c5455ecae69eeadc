"""The state of the page as a command for a terminal, and as Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from corpuscope.query import Query

_ODD = re.compile(r"[^\x20-\x7e\xa1-\u1fff\u3040-\ud7ff]")


def search_command(folder: Path, query: Query, *, session: str | None = None) -> str:
    """The `corpuscope search` that asks the same, of the corpus with a session's labels and bookmarks."""
    default = Query()
    options: list[str] = []
    for name in ("mode", "slop", "k1", "b", "where", "sort", "sample", "seed", "k", "offset"):
        value = getattr(query, name)
        if value != getattr(default, name):
            options.append(f"--{name} {quote(str(value))}")
    options += [f"--filter {quote(str(f))}" for f in query.filters]
    options += [f"--facet {quote(str(f))}" for f in query.facets]
    options += [] if query.mask else ["--no-mask"]
    options += [f"--session {quote(session)}"] if session else []
    words = [quote(str(folder))] + ([quote(query.text)] if query.has_text else [])
    return " ".join(["corpuscope search", *options, *(["--"] if query.text.startswith("-") else []), *words])


def search_python(folder: Path, query: Query, *, session: str | None = None) -> str:
    """The Python that asks the same, of the corpus with a session's labels and bookmarks."""
    default = Query().to_json()
    asked = {name: value for name, value in query.to_json().items() if value != default.get(name)}
    given = ", ".join(f"{name}={_literal(value)}" for name, value in asked.items())
    marks = (
        "from corpuscope.sessions.marks import with_marks",
        "from corpuscope.sessions.store import SessionStore",
    )
    marked = (f"corpus = with_marks(corpus, SessionStore().marks_of({ascii(session)}))",)
    lines = (
        "import corpuscope",
        *(marks if session else ()),
        "",
        f"corpus = corpuscope.open({ascii(str(folder))})",
        *(marked if session else ()),
        f"result = corpus.search(corpuscope.Query({given}))",
        "print(result.total, [hit.id for hit in result.hits])",
    )
    return "\n".join(lines)


def _literal(value: object) -> str:
    """A value as Python writes it, with nothing hidden in it."""
    if isinstance(value, list):
        return f"({''.join(f'{ascii(v)}, ' for v in value).rstrip(' ')})"
    return ascii(value)


def quote(value: str) -> str:
    r"""A word for a shell; one that holds hidden or odd characters as $'...' with their codes.

    a b -> 'a b'; a<U+202E>b -> $'a\u202eb'
    """
    if not _ODD.search(value):
        return shlex.quote(value)
    plain = value.replace("\\", "\\\\").replace("'", "\\'")
    return (
        "$'"
        + _ODD.sub(
            lambda m: f"\\U{ord(m.group()):08x}" if ord(m.group()) > 0xFFFF else f"\\u{ord(m.group()):04x}", plain
        )
        + "'"
    )
