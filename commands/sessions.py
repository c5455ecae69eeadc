"""`corpuscope sessions`: the explorations that the app has saved for this user."""

from __future__ import annotations

import argparse
import json
from typing import Any

from commands import terminal
from corpuscope.errors import UsageError
from corpuscope.sessions.records import Session
from corpuscope.sessions.store import SessionStore
from corpuscope.sessions.verdicts import written
from corpuscope.wording import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="the list as JSON")
    parser.add_argument("--verdicts", metavar="SESSION", help="the reviews of a session, a JSON object a line")
    parser.add_argument("--csv", action="store_true", help="with --verdicts: as CSV")


def run(args: argparse.Namespace) -> int:
    """Print the list, the latest first, or the reviews of one session."""
    if args.verdicts is not None:
        marks = SessionStore().marks_of(args.verdicts)
        print(written(marks, "csv" if args.csv else "jsonl").decode(), end="")
        return 0
    if args.csv:
        raise UsageError("--csv writes reviews; give it with --verdicts SESSION.")
    sessions = SessionStore().sessions()
    if args.json:
        print(json.dumps([_as_json(s) for s in sessions], ensure_ascii=False, indent=1))
    elif not sessions:
        print("no sessions yet; the app saves one with the first search: corpuscope serve DIR")
    else:
        print("\n".join(map(_line, sessions)))
    return 0


def _as_json(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "name": session.name,
        "corpus": f"{session.corpus}@{session.snapshot.version}",
        "created": session.created.isoformat(),
        "changed": session.changed.isoformat(),
        "steps": session.steps,
        "bookmarks": session.bookmarks,
        "labels": session.labels,
        "exports": session.exports,
        "summary": session.summary,
    }


def _line(session: Session) -> str:
    changed = session.changed.astimezone().strftime("%Y-%m-%d %H:%M")
    steps = counted(session.steps, "step")
    about = " · ".join(text for text in (session.name, session.summary) if text)
    return terminal.printable(f"{session.id}  {changed}  {session.corpus}  {steps:<9}  {about}".rstrip())
