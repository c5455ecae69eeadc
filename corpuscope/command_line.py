"""What was asked as a command for a terminal, and as Python."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from corpuscope.ledger.ledger import Ledger
from corpuscope.query import Query

_OPTIONS = (
    *("mode", "slop", "k1", "b", "threshold", "weight", "embedder"),
    *("where", "sort", "sample", "seed", "k", "offset"),
)
_ODD = re.compile(r"[^\x20-\x7e\xa1-\u1fff\u3040-\ud7ff]")


def search_command(folder: Path, query: Query, *, session: str | None = None) -> str:
    """The `corpuscope search` that asks the same, of the corpus with a session's labels and bookmarks."""
    return _command("search", folder, query, session)


def export_command(folder: Path, query: Query, out: str, *, session: str | None = None) -> str:
    """The `corpuscope export` that writes what a query selects."""
    return _command("export", folder, query.without_paging(), session, f"--out {quote(out)}")


def ledger_command(folder: Path, ledger: Ledger, *, session: str | None = None) -> str:
    """The `corpuscope ledger` that counts the same."""
    return _command("ledger", folder, ledger.start, session, *(f"--rule {quote(str(r))}" for r in ledger.rules))


def _command(name: str, folder: Path, query: Query, session: str | None, *more: str) -> str:
    """A command that takes the options of a search, and some of its own."""
    default = Query()
    options: list[str] = []
    for option in _OPTIONS:
        value = getattr(query, option)
        if value != getattr(default, option):
            options.append(_option(option, str(value)))
    options += [_option("like", i) for i in query.like] + [_option("unlike", i) for i in query.unlike]
    options += [f"--filter {quote(str(f))}" for f in query.filters]
    options += [f"--facet {quote(str(f))}" for f in query.facets]
    options += [] if query.mask else ["--no-mask"]
    options += [f"--session {quote(session)}"] if session else []
    words = [quote(str(folder))] + ([quote(query.text)] if query.has_text else [])
    dashes = ["--"] if query.text.startswith("-") else []
    return " ".join([f"corpuscope {name}", *options, *more, *dashes, *words])


def _option(name: str, value: str) -> str:
    """An option and its value, which may begin with a dash."""
    return f"--{name}{'=' if value.startswith('-') else ' '}{quote(value)}"


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
