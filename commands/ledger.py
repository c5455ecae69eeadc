"""`corpuscope ledger`: what each rule of a chain removes, and the chain as a file that can be counted again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from commands.ledger_table import difference_lines, ledger_lines, sample_lines
from commands.query_arguments import add_query_arguments, make_query, open_for_query, split_folders
from corpuscope.command_line import export_command
from corpuscope.corpus import Corpus
from corpuscope.errors import UsageError
from corpuscope.ledger import recipe as recipes
from corpuscope.ledger.ledger import Ledger
from corpuscope.ledger.tally import Tally
from corpuscope.query import Query
from corpuscope.results import Hit, hit_json
from corpuscope.sessions.marks import with_marks

_KEPT = "kept.parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("words", nargs="+", metavar="DIR [QUERY]", help="a corpus folder, and what to start from")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="E", help="a filter that documents must satisfy to be kept"
    )
    parser.add_argument(
        "--samples", type=int, default=0, metavar="N", help="N random documents that only this rule removes"
    )
    parser.add_argument("--out", type=Path, metavar="LEDGER.json", help="write the ledger and its counts")
    parser.add_argument("--from", dest="recipe", type=Path, metavar="LEDGER.json", help="count a written ledger again")
    parser.add_argument("--json", action="store_true", help="the whole answer as JSON")
    add_query_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Count and print."""
    folders, text = split_folders(args.words)
    if len(folders) > 1:
        raise UsageError("a ledger is counted over one corpus; name one folder")
    _check(args)
    corpus = open_for_query(args, folders[0])
    then = None if args.recipe is None else recipes.load(args.recipe)
    if then is None:
        ledger = Ledger(start=make_query(args, text), rules=tuple(args.rule))
    else:
        _check_alone(args, text)
        ledger, corpus = then.ledger, corpus if then.marks is None else with_marks(corpus, then.markings)
    tally = Tally(corpus, ledger)
    if args.out is not None:
        recipes.recipe_of(corpus, tally.counts).write(args.out)
    samples = [tally.sample(i, n=args.samples, seed=args.seed) for i in range(len(ledger.rules))]
    told = None if then is None else recipes.differences(then, corpus, tally.counts)
    print(_json(tally, samples, told) if args.json else _text(args, corpus, tally, samples, told))
    return 0


def _check(args: argparse.Namespace) -> None:
    """A ledger counts every match, so that an order or a sample of them says nothing."""
    if args.sample is not None:
        raise UsageError("a ledger counts every document that matches; leave --sample out (--samples shows examples)")
    if args.sort is not None:
        raise UsageError("a ledger counts every document that matches, in no order; leave --sort out")
    if not 0 <= args.samples <= 1000:
        raise UsageError(f"--samples is {args.samples}; it must be from 0 to 1,000")
    if args.recipe is None and not args.rule:
        raise UsageError('a ledger has at least one rule: --rule "words>=50"')


def _check_alone(args: argparse.Namespace, text: str) -> None:
    """A written ledger brings its own query and rules."""
    if text or args.rule or args.session or make_query(args, "") != Query(seed=args.seed, mask=not args.no_mask):
        raise UsageError(f"{args.recipe} names its own query, session and rules; give none beside --from")


def _json(tally: Tally, samples: list[list[Hit]], told: list[str] | None) -> str:
    answer = tally.counts.to_json()
    for rule, hits in zip(answer["rules"], samples, strict=True):
        rule["sample"] = [hit_json(hit) for hit in hits]
    if told is not None:
        answer["changed"] = told
    return json.dumps(answer, ensure_ascii=False, allow_nan=False)


def _text(
    args: argparse.Namespace, corpus: Corpus, tally: Tally, samples: list[list[Hit]], told: list[str] | None
) -> str:
    lines = [*ledger_lines(tally.counts), *sample_lines(tally.counts, samples)]
    if told is not None:
        lines += ["", *difference_lines(told)]
    if args.out is not None:
        lines += ["", f"ledger in {args.out}"]
    if args.recipe is None or args.session is None:
        command = export_command(corpus.folder, tally.counts.ledger.kept, _KEPT, session=args.session)
        lines += ["", f"what is kept: {command}"]
    return "\n".join(lines)
