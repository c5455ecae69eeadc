"""`corpuscope run`: a TREC run for a file of topics, to be judged by any evaluation tool."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from commands.query_arguments import add_query_arguments, make_query, open_for_query
from corpuscope.errors import CorpuscopeError, ExportError, UsageError
from corpuscope.manifest import write_atomically
from corpuscope.trec import run_lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="a corpus folder")
    parser.add_argument("topics", metavar="TOPICS.tsv", type=Path, help='topics, one "qid<TAB>text" a line')
    parser.add_argument("--out", required=True, type=Path, help="the run to write")
    parser.add_argument("--k", type=int, default=1000, help="documents a topic (default: 1000)")
    parser.add_argument("--tag", default="corpuscope", help="the run's name (default: corpuscope)")
    add_query_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Search every topic and write the run."""
    if not args.tag or any(c.isspace() for c in args.tag):
        raise UsageError(f"--tag is {args.tag!r}; a run's name is one word")
    topics = list(_read_topics(args.topics))
    corpus = open_for_query(args, args.folder)
    if not args.out.parent.is_dir():
        raise ExportError(f"There is no folder {args.out.parent} to write {args.out.name} into; make it first.")
    lines = [line for qid, text in topics for line in run_lines(corpus, qid, make_query(args, text), args.tag)]
    write_atomically(args.out, "".join(f"{line}\n" for line in lines).encode())
    print(f"{len(topics):,} topics, {len(lines):,} lines in {args.out}")
    return 0


def _read_topics(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CorpuscopeError(f"There is no file of topics {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CorpuscopeError(f"The topics in {path} cannot be read: {error}.") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        qid, tab, topic = line.rstrip("\r").partition("\t")
        if not tab or not qid.strip() or " " in qid.strip():
            raise CorpuscopeError(f'{path}, line {number}: {line[:60]!r} is no topic; write "qid<TAB>text".')
        yield qid.strip(), topic
