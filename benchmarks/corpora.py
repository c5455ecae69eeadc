"""The corpora that the benchmarks ask, and queries drawn from their documents."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.setting import ROOT, SEED, WORKERS, Setting
from corpuscope.corpus import open_corpus
from corpuscope.errors import CorpusNotFound

#: More documents than the data has.
ONE_PART = 10_000_000

#: Words of Latin letters: every tokenizer cuts them alike.
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")
_LATIN = re.compile(r"[a-zß-öø-ÿ]+\Z")
#: Lucene's English stop words: some peers index them, so asking for them would not be the same work.
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with",
    )
)


def get_corpus(setting: Setting, name: str, *options: str) -> Path:
    """The corpus of that name, built by the product's own command unless it is there."""
    folder = setting.folder("corpora") / name
    try:
        open_corpus(folder)
    except CorpusNotFound:
        build(setting, folder, [setting.data], *options)
    return folder


def build(setting: Setting, folder: Path, sources: Sequence[Path], *options: str) -> None:
    """Run `corpuscope build`."""
    subprocess.run(build_command(setting, folder, sources, *options), cwd=ROOT, stdout=sys.stderr, check=True)


def build_command(setting: Setting, folder: Path, sources: Sequence[Path], *options: str) -> list[str]:
    """The command that builds a corpus."""
    given = [x for source in sources for x in ("--source", str(source))]
    limit = [] if setting.limit is None else ["--limit", str(setting.limit)]
    return [*program("build"), str(folder), *given, "--workers", str(WORKERS), *limit, *options]


def program(command: str) -> list[str]:
    """The start of a command line of the product."""
    return [str(Path(sys.executable).with_name("corpuscope")), command]


def draw_texts(folder: Path, count: int, seed: int = SEED) -> list[str]:
    """The texts of some documents of a corpus."""
    corpus = open_corpus(folder)
    rows = random.Random(seed).choices(range(corpus.manifest.rows), k=count)
    return [d.text for d in corpus.documents.read(rows)]


def draw_queries(folder: Path, count: int, seed: int = SEED) -> list[str]:
    """Queries of one to four different words, each query's words from one document."""
    generator = random.Random(seed)
    queries: list[str] = []
    for text in draw_texts(folder, 4 * count, seed):
        words = words_of(text)
        length = 1 + len(queries) % 4
        if len(words) >= length and len(queries) < count:
            queries.append(" ".join(generator.sample(words, length)))
    return queries


def draw_scattered(folder: Path, count: int, seed: int = SEED) -> list[str]:
    """Queries of one to four different words, each drawn from all words of a document of its own."""
    generator = random.Random(seed)
    running = (_running_words(text) for text in draw_texts(folder, 4 * count, seed))
    words = [generator.choice(found) for found in running if found]
    queries: list[str] = []
    while len(queries) < count:
        chosen = dict.fromkeys(words.pop() for _ in range(1 + len(queries) % 4))
        queries.append(" ".join(chosen))
    return queries


def draw_phrases(folder: Path, count: int, seed: int = SEED) -> list[str]:
    """Two words that follow each other in a document."""
    generator = random.Random(seed)
    phrases: list[str] = []
    for text in draw_texts(folder, 8 * count, seed):
        pairs = [f"{a} {b}" for a, b in re.findall(r"(?<!\w)([a-z]{3,}) (?=([a-z]{3,})(?!\w))", text)]
        pairs = [p for p in pairs if not _STOP_WORDS & set(p.split())]
        if pairs and len(phrases) < count:
            phrases.append(generator.choice(pairs))
    return phrases


def words_of(text: str) -> list[str]:
    """The different words of a text in lower case, in order, stop words aside."""
    return list(dict.fromkeys(_running_words(text)))


def _running_words(text: str) -> list[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return [word for word in words if _LATIN.match(word) and word not in _STOP_WORDS]
