"""The search options that `search`, `export` and `run` share, and the Query they make."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from corpuscope.corpus import Corpus, open_corpus
from corpuscope.errors import UsageError
from corpuscope.known_corpora import remember
from corpuscope.manifest import FILE_NAME
from corpuscope.query import K1, MODES, WEIGHT, B, Query


def add_query_arguments(parser: argparse.ArgumentParser) -> None:
    """What decides which documents are selected."""
    parser.add_argument("--mode", help=", ".join(MODES) + " (default: keyword; semantic where examples are given)")
    parser.add_argument("--slop", type=int, default=0, metavar="N", help="words that may lie between those of a phrase")
    parser.add_argument("--k1", type=float, default=K1, help=f"BM25 term saturation (default: {K1})")
    parser.add_argument("--b", type=float, default=B, help=f"BM25 length normalisation (default: {B})")
    parser.add_argument(
        "--like", action="append", default=[], metavar="ID", help="a document that the hits are to be like in meaning"
    )
    parser.add_argument(
        "--unlike", action="append", default=[], metavar="ID", help="a document that they are to be unlike"
    )
    parser.add_argument(
        "--threshold", type=float, metavar="X", help="least similarity in meaning, -1 to 1 (default: the best thousand)"
    )
    parser.add_argument(
        "--weight", type=float, default=WEIGHT, metavar="W", help=f"share of meaning in hybrid (default: {WEIGHT})"
    )
    parser.add_argument("--embedder", metavar="NAME", help="whose vectors to compare (default: the corpus's last)")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="E",
        help="field=value, field=a,b, field!=v, field>=2, field=2..4, field?",
    )
    parser.add_argument("--where", metavar="EXPR", help="a SQL expression over fields")
    parser.add_argument("--sort", metavar="FIELD[:desc]", help="order by a field instead of rank")
    parser.add_argument("--sample", type=int, metavar="N", help="N random matches instead of the best")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which sample (default: 0)")
    parser.add_argument("--session", metavar="ID", help="with the labels and bookmarks of a saved session as fields")
    parser.add_argument("--no-mask", action="store_true", help="show personal data as it is")


def make_query(args: argparse.Namespace, text: str) -> Query:
    """The Query of parsed arguments."""
    return Query(
        text=text,
        mode=args.mode or ("semantic" if args.like or args.unlike else "keyword"),
        slop=args.slop,
        k1=args.k1,
        b=args.b,
        like=tuple(args.like),
        unlike=tuple(args.unlike),
        threshold=args.threshold,
        weight=args.weight,
        embedder=args.embedder,
        filters=tuple(args.filter),
        where=args.where,
        sort=args.sort,
        sample=args.sample,
        seed=args.seed,
        k=getattr(args, "k", Query.k),
        offset=getattr(args, "offset", 0),
        facets=tuple(getattr(args, "facet", ())),
        mask=not args.no_mask,
    )


def open_and_remember(folder: str | Path) -> Corpus:
    """Open a corpus and remember where it is, so that recipes made from it can be replayed."""
    corpus = open_corpus(folder)
    remember(corpus.folder)
    return corpus


def open_for_query(args: argparse.Namespace, folder: str | Path) -> Corpus:
    """Open a corpus that is to be searched, with the labels and bookmarks of the session that was named, if one was."""
    corpus = open_and_remember(folder)
    if args.session is None:
        return corpus
    from corpuscope.sessions.marks import with_marks
    from corpuscope.sessions.store import SessionStore

    return with_marks(corpus, SessionStore().marks_of(args.session))


def split_folders(words: Sequence[str]) -> tuple[list[str], str]:
    """Corpus folders and the query text: the last word is the text unless it is the only one or a corpus."""
    if len(words) == 1 or _is_corpus(words[-1]):
        return list(words), ""
    folders = list(words[:-1])
    for folder in folders[1:]:
        if not _is_corpus(folder):
            raise UsageError(
                f"{folder!r} is no corpus, and only the last word can be the query; quote a query of several words"
            )
    return folders, words[-1]


def _is_corpus(word: str) -> bool:
    try:
        return (Path(word) / FILE_NAME).is_file()
    except (OSError, ValueError):  # a long query or one with a NUL is no path
        return False
