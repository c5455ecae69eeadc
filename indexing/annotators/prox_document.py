"""Whether ProX drops a document: the program that its model writes for it.

gair-prox/web-doc-refining-lm (Zhou et al., 2024, "Programming Every Example"). Prompt, length and meaning of a program:
GAIR-NLP/ProX, commit b3fcbb20, data_gen/tasks/apply_doc_refining.py and utils/doc_utils.py.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater, Settings

SYSTEM = "You are a helpful, respectful and honest assistant."
#: Tokens of the prompt, its marks included; a longer one loses its end, and so the mark of the answer.
MOST_TOKENS = 2_000
#: Enough for a program that keeps or drops a document; the authors let it be 2,000 tokens long.
ANSWER_TOKENS = 32

_SOURCE = "ProX (Zhou et al., 2024), gair-prox/web-doc-refining-lm."
_CAVEAT = "Read off the first 2,000 tokens of prompt and text. Null where there is no text."

FIELDS = (
    Field(
        name="prox_document_program",
        type="text",
        origin="prox_document",
        meaning="The program that the model writes for the document.",
        source=_SOURCE,
        caveat=f"{_CAVEAT} Cut off behind {ANSWER_TOKENS} tokens.",
    ),
    Field(
        name="prox_document_keep",
        type="bool",
        origin="prox_document",
        meaning="Whether ProX keeps the document: its program has no drop in it.",
        source=_SOURCE,
        caveat=_CAVEAT,
    ),
)


def keeps(program: str) -> bool:
    """Whether a program keeps the document."""
    return "drop" not in program


def prompt(tokenizer: Any, text: str) -> list[int]:
    """The tokens of the prompt, after the template of Llama 2 for chats, cut off as the authors do."""
    chat = f"{tokenizer.bos_token or ''}[INST] <<SYS>>\n{SYSTEM}\n<</SYS>>\n\n{text.rstrip()} [/INST]"
    options = {"add_special_tokens": False, "truncation": True, "max_length": MOST_TOKENS, "verbose": False}
    ids: list[int] = tokenizer(chat, **options)["input_ids"]
    return ids


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    from indexing.models.rater import answer_rater

    return answer_rater(found, given, prompt=prompt, most=ANSWER_TOKENS, stops=(), columns=_columns)


def _columns(said: list[str | None]) -> list[pa.Array]:
    programs = [None if answer is None else answer.strip(" ") for answer in said]
    kept = [None if program is None else keeps(program) for program in programs]
    return [pa.array(programs, pa.string()), pa.array(kept, pa.bool_())]


PROX_DOCUMENT = annotator_by_model(
    name="prox_document",
    model="gair-prox/web-doc-refining-lm",
    fields=FIELDS,
    load=_load,
    cost="a language model of 0.3 B parameters over 2,000 tokens a document and its short answer; a GPU",
)
