"""`corpuscope`: one file a command; each is imported only when it is the one that was asked for."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from keyword import iskeyword
from typing import NoReturn

from corpuscope.errors import CorpuscopeError, UsageError, suggest

#: Commands in the order of `--help`: name and what it does.
COMMANDS = {
    "peek": "show what is in a source, before anything is built",
    "build": "build a corpus from files, a Hugging Face data set or the demo",
    "add": "append new parts to a corpus",
    "annotate": "run one annotator over all parts",
    "import": "add ratings that somebody published",
    "embed": "give every document a vector, for search by meaning",
    "annotators": "list the annotators, their cost and needs",
    "search": "search with filters, facets and exact counts",
    "ledger": "count what each rule of a chain removes: documents, tokens, and examples",
    "run": "write a TREC run for a file of topics",
    "export": "write the selected documents to a file, with a recipe",
    "replay": "make an export again from its recipe",
    "sessions": "list the explorations that the app has saved",
    "info": "show what a corpus holds and what was rejected",
    "verify": "check every file against the manifest",
    "suppress": "take documents down: never shown, counted or exported again",
    "compact": "rewrite parts without the suppressed documents",
    "serve": "start the app",
    "bench": "time queries drawn from a corpus, on this machine",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and where help is."""
        self.exit(2, f"corpuscope: {message}. See: {self.prog} --help\n")


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0, 1 for a failure, 2 for a usage error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except CorpuscopeError as error:
        _say(str(error))
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be said, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _say(_sentence(error))
        return 1
    except KeyboardInterrupt:
        print("corpuscope: interrupted", file=sys.stderr)
        return 130


def _say(message: str) -> None:
    """Print a message, which may quote what a source or a user wrote, escape sequences and all."""
    from commands.terminal import printable

    print(f"corpuscope: {printable(message)}", file=sys.stderr)


def _sentence(error: OSError) -> str:
    """A full disk, a folder without rights: whatever the step, the reason is the system's own."""
    what = error.filename or "a file could not be read or written"
    # Libraries wrap these in words of their own; other numbers may be theirs and no numbers of the system.
    reason = os.strerror(error.errno) if error.errno in (*_NO_ROOM, errno.EFBIG) else error.strerror or error
    advice = " Free disk space and run the same command again." if error.errno in _NO_ROOM else ""
    return f"{what}: {reason}.{advice}"


def _run(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_overview())
        return 0
    if arguments[0] == "--version":
        from corpuscope import __version__

        print(f"corpuscope {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}. {suggest(name, COMMANDS)}")
    command = importlib.import_module(f"commands.{name}_" if iskeyword(name) else f"commands.{name}")
    parser = Parser(prog=f"corpuscope {name}", description=COMMANDS[name].capitalize() + ".", allow_abbrev=False)
    command.add_arguments(parser)
    code: int = command.run(parser.parse_intermixed_args(arguments[1:]))
    return code


def _overview() -> str:
    lines = [f"  {name:<11} {what}" for name, what in COMMANDS.items()]
    return "\n".join(["usage: corpuscope COMMAND ...", "", *lines, "", "corpuscope COMMAND --help tells the rest."])
