"""Texts to the tokens that models read: their first tokens, or windows of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuscope.models.batching import Ids

#: Of a long text only so many characters for each token wanted are tokenised at first; more where they do not do.
_CHARACTERS_A_TOKEN = 16


def readable(text: str | None) -> str | None:
    """The text as tokenizers take it, lone surrogates replaced; None where there is nothing but white space."""
    if text is None or not text or text.isspace():
        return None
    return text.encode("utf-8", "replace").decode()


def first_tokens(tokenizer: Any, texts: Sequence[str], most: int) -> list[Ids]:
    """Each text's tokens, special ones added, cut off behind `most`."""
    starts = [_start(text, _CHARACTERS_A_TOKEN * most) for text in texts]
    out: list[Ids] = _encode(tokenizer, starts, truncation=True, max_length=most)
    short = [i for i, start in enumerate(starts) if len(start) < len(texts[i]) and len(out[i]) < most]
    if short:
        again = _encode(tokenizer, [texts[i] for i in short], truncation=True, max_length=most)
        for i, ids in zip(short, again, strict=True):
            out[i] = ids
    return out


def one_window(tokenizer: Any, texts: Sequence[str], most: int) -> list[list[Ids]]:
    """Each text's first tokens as its one window."""
    return [[ids] for ids in first_tokens(tokenizer, texts, most)]


def windows(tokenizer: Any, texts: Sequence[str], size: int) -> list[list[Ids]]:
    """Each text's tokens, none special, in windows of `size` side by side; the last one may be short."""
    found = _encode(tokenizer, texts, add_special_tokens=False)
    return [[ids[at : at + size] for at in range(0, len(ids), size)] for ids in found]


def marked_windows(tokenizer: Any, texts: Sequence[str], size: int) -> list[list[Ids]]:
    """Windows side by side between the marks of a start and an end, `size` tokens with them; at least one a text."""
    start, end = tokenizer.cls_token_id, tokenizer.sep_token_id
    return [[[start, *ids, end] for ids in found or [[]]] for found in windows(tokenizer, texts, size - 2)]


def _encode(tokenizer: Any, texts: Sequence[str], **options: Any) -> list[Ids]:
    if not texts:
        return []
    found: list[Ids] = tokenizer(list(texts), return_attention_mask=False, verbose=False, **options)["input_ids"]
    return found


def _start(text: str, characters: int) -> str:
    """The first characters, up to a white space, so that the last word is whole; all where there is none."""
    if len(text) <= characters:
        return text
    start = text[:characters]
    words = start.rsplit(None, 1)
    return words[0] if len(words) == 2 and words[0].strip() else text
