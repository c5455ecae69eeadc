"""Fourteen criteria of quality and an application domain by DataMan, a language model that answers in digits.

RuPeng/DataMan-1.5B-EN (Peng et al., 2025): Qwen2-1.5B. Prompt, length, decoding and form of the answer: pengr/DataMan,
commit db3bc944, data_tools/dataman_annotate_hf.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from corpuscope.errors import UsageError
from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater, Settings
from indexing.published.dataman import CAVEAT, CRITERIA, DOMAINS, SOURCE

SYSTEM = "You are a helpful assistant."
#: Titles as the prompt spells them, with their numbers; all criteria in their order.
_TITLES = [name.replace("_", " ").title() for name in CRITERIA]
_REQUEST = "Please score the text on fourteen evaluation criteria and specify its domain:"
_BEHIND = "\n".join(["Domain:_", *(f"[{number}]{title}:_/5" for number, title in enumerate(_TITLES, 1))])

#: A letter and fourteen digits, each with a line end but the last, which is Qwen's end of a turn.
ANSWER_TOKENS = 29
STOPS = ("<|endoftext|>", "<|im_end|>")
MOST_CHARACTERS, MOST_TOKENS = 20_000, 1_894
_QUOTED_ELLIPSIS = re.compile('^["“”](?:…+|\\.{3,})["“”]')
_IMAGE = re.compile(r"!\[\]\(/?[^)]+\)\n")

_CAVEAT = f"{CAVEAT} Null where the model's answer says none, or there is no text."

FIELDS = (
    *(
        Field(name=f"dataman_{name}", type="int", origin="dataman", meaning=f"{about} 1 to 5, 5 is best.",
              source=SOURCE, caveat=_CAVEAT, range=(1.0, 5.0), bins=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0))
        for name, about in CRITERIA.items()
    ),
    Field(name="dataman_domain", type="text", origin="dataman", meaning="Application domain, one of 15.",
          source=SOURCE, caveat=_CAVEAT),
    Field(name="dataman_parse_error", type="bool", origin="dataman", source=SOURCE,
          meaning="Whether the model's answer is no domain and fourteen numbers; DataMan drops such documents.",
          caveat="Null where there is no text."),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What the model says of a text: a number for each criterion and a domain, None where it says none."""

    ratings: tuple[int | None, ...]
    domain: str | None
    failed: bool


def parse(answer: str) -> Answer:
    """A letter and fourteen digits on lines of their own; another number of lines says nothing at all."""
    lines = answer.strip().split("\n")
    if len(lines) != 1 + len(CRITERIA):
        return Answer((None,) * len(CRITERIA), None, failed=True)
    domain = DOMAINS.get(lines[0])
    ratings = tuple(int(line) if line in ("1", "2", "3", "4", "5") else None for line in lines[1:])
    return Answer(ratings, domain, failed=domain is None or None in ratings)


def shortened(tokenizer: Any, text: str) -> str:
    """The text as DataMan reads it: without marks of images, and without its middle where it is long."""
    text = _IMAGE.sub("", _QUOTED_ELLIPSIS.sub("", text))
    half = MOST_CHARACTERS // 2
    pieces = [text] if len(text) <= MOST_CHARACTERS else [text[:half], text[-half:]]
    ids = [i for piece in pieces for i in tokenizer(piece, add_special_tokens=False, verbose=False)["input_ids"]]
    if len(ids) <= MOST_TOKENS:
        return "".join(pieces).strip()
    half = MOST_TOKENS // 2
    start, end = (tokenizer.decode(part, clean_up_tokenization_spaces=False) for part in (ids[:half], ids[-half:]))
    return f"{start}...{end}".strip()


def request(text: str) -> str:
    """What the user asks in the prompt."""
    return f"{_REQUEST}\nText: {text}\n{_BEHIND}"


def prompt(tokenizer: Any, text: str) -> list[int]:
    """The tokens of the whole prompt, by the model's own template of a chat."""
    if tokenizer.chat_template is None:
        raise UsageError("The model's tokenizer has no chat template, which DataMan's has; it is another model.")
    turns = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": request(shortened(tokenizer, text))},
    ]
    chat = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    ids: list[int] = tokenizer(chat, add_special_tokens=False, verbose=False)["input_ids"]
    return ids


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    from indexing.models.rater import answer_rater

    return answer_rater(found, given, prompt=prompt, most=ANSWER_TOKENS, stops=STOPS, columns=_columns)


def _columns(said: list[str | None]) -> list[pa.Array]:
    answers = [None if answer is None else parse(answer) for answer in said]
    ratings = [
        pa.array([None if a is None else a.ratings[criterion] for a in answers], pa.int64())
        for criterion in range(len(CRITERIA))
    ]
    domains = pa.array([None if a is None else a.domain for a in answers], pa.string())
    return [*ratings, domains, pa.array([None if a is None else a.failed for a in answers], pa.bool_())]


DATAMAN = annotator_by_model(
    name="dataman",
    model="RuPeng/DataMan-1.5B-EN",
    fields=FIELDS,
    load=_load,
    cost="a Qwen2 of 1.5 B parameters over 1,894 tokens a document and 29 of its answer; a GPU",
)
