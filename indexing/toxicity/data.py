"""The labelled posts and the clean texts that the model is trained and measured on.

Which split an example belongs to hangs on its id alone: of ten, one is for testing, one for calibration.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import zstandard

Split = Literal["train", "calibrate", "test"]

#: The labelled sets, by the name that reports use.
SETS = ("davidson", "civil", "ethos", "olid")
#: Of so many bench documents one may be trained on; of those with a word of the list, one of so many.
BENCH_STEP, BENCH_STEP_WITH_HITS = 50, 10

_FILES = {"davidson": "davidson", "civil": "civil_toxic_spans", "ethos": "ethos", "olid": "olid_train"}
_PLACEHOLDERS = re.compile(r"\bURL\b")
_REPOST = re.compile(r"^[\s!\"“:.]*RT\b:?\s*|[\s\"“]RT (?=@)")


@dataclass(frozen=True)
class Example:
    """A text, how toxic it is (0 to 1), whether it is toxic for a test (None: too doubtful), set and split."""

    text: str
    target: float
    toxic: bool | None
    source: str
    split: Split


def labelled(folder: Path, name: str) -> list[Example]:
    """The examples of one labelled set, its platform's marks taken out."""
    target = _TARGETS[name]
    out = []
    for record in records(folder / "toxicity" / f"{_FILES[name]}.jsonl.zst"):
        value = target(record)
        toxic = None if 0.4 < value < 0.6 else value >= 0.6
        out.append(Example(_post(record["text"]), value, toxic, name, _split(record["id"])))
    return out


def hatecheck(folder: Path) -> list[tuple[Example, str]]:
    """HateCheck, each case with its functionality; never trained on."""
    return [
        (Example(r["text"], float(r["toxic"]), bool(r["toxic"]), "hatecheck", "test"), r["functionality"])
        for r in records(folder / "toxicity" / "hatecheck.jsonl.zst")
    ]


def records(file: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines in zstd."""
    with file.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        rest = b""
        while block := stream.read(1 << 22):
            *lines, rest = (rest + block).split(b"\n")
            yield from (orjson.loads(line) for line in lines if line)
        if rest:
            yield orjson.loads(rest)


def is_training_bench(index: int, has_hits: bool) -> bool:
    """Whether a bench document, by its line in its file, may be trained on; false alarms are measured on the others."""
    return index % BENCH_STEP == 0 or (has_hits and index % BENCH_STEP_WITH_HITS == 0)


def _davidson(record: Mapping[str, Any]) -> float:
    """The share of the votes for hate or offence."""
    votes = record["votes"]
    return float(votes["hate"] + votes["off"]) / float(votes["count"])


def _civil(record: Mapping[str, Any]) -> float:
    """All were picked as toxic by others first: where the annotators disagreed a text is half toxic at least."""
    return 1.0 - 0.75 * float(record["not_toxic_frac"])


def _ethos(record: Mapping[str, Any]) -> float:
    return float(record["score"])


def _olid(record: Mapping[str, Any]) -> float:
    return 0.95 if record["toxic"] else 0.05


_TARGETS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "davidson": _davidson,
    "civil": _civil,
    "ethos": _ethos,
    "olid": _olid,
}


def _post(text: str) -> str:
    """Entities decoded, marks of reposting and OLID's placeholder for addresses taken out."""
    return _REPOST.sub(" ", _PLACEHOLDERS.sub(" ", html.unescape(html.unescape(text)))).strip()


def _split(identity: str) -> Split:
    digit = zlib.crc32(identity.encode()) % 10
    return "test" if digit == 0 else "calibrate" if digit == 1 else "train"


#: Files of clean text; of the first ones every other document may be trained on.
CLEAN = (
    "c4_1000",
    "mixed_77_languages",
    "web_articles",
    "labels/web_topic_format",
    "labels/clear_readability",
    "labels/onestop_english",
)
BENCH = ("debian_packages", "dictionaries", "german_law", "libreoffice_help", "wordnet")
#: Collections in the mixture that hold toxic posts (test sets among them), or documents of files that are named here.
_FOUND_ELSEWHERE = {"toxicity", "c4_sample", *BENCH}


def clean(folder: Path) -> Iterator[tuple[str, str]]:
    """Clean texts to train on, each with its file: the even lines of CLEAN, and bench by `is_training_bench`."""
    for name in CLEAN:
        for index, record in enumerate(records(folder / f"{name}.jsonl.zst")):
            if index % 2 == 0 and record.get("collection") not in _FOUND_ELSEWHERE:
                yield record["text"], name
    bad = bad_words(folder)
    for name in BENCH:
        for index, record in enumerate(records(folder / "bench" / f"{name}.jsonl.zst")):
            near = index % BENCH_STEP_WITH_HITS == 0  # the words of other texts need not be looked at
            if near and is_training_bench(index, bad.search(record["text"]) is not None):
                yield record["text"], f"bench/{name}"


def bad_words(folder: Path) -> Any:
    """An RE2 pattern of the English entries of LDNOOBW as whole words."""
    import re2

    entries = (folder / "labels" / "ldnoobw" / "en.txt").read_text(encoding="utf-8").split("\n")
    return re2.compile(r"(?i)\b(?:" + "|".join(re.escape(e) for e in entries if e) + r")\b")
