"""Readable text out of MediaWiki markup: light cleaning, not a parser."""

from __future__ import annotations

import html
import re

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED_TAG = re.compile(
    r"<(ref|gallery|math|timeline|score|syntaxhighlight|source)\b[^<>]*?(?:/>|>.*?</\1\s*>)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_TABLE = re.compile(r"\{\|(?:(?!\{\||\|\}).)*\|\}", re.DOTALL)
#: A link without another link inside: innermost first, because captions of images hold links.
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_EXTERNAL = re.compile(r"\[(?:https?:|ftp:)?//[^\s\]]+ *([^\]]*)\]")
_NO_TEXT_LINK = re.compile(r"\s*:?(?:file|image|category|[a-z]{2,3}(?:-[a-z]+)*):", re.IGNORECASE)
_QUOTES = re.compile(r"'{2,5}")
_HEADING = re.compile(r"^(={2,6})\s*(.*?)\s*\1\s*$", re.MULTILINE)
_LIST_MARK = re.compile(r"^[*#:;]+ *", re.MULTILINE)
_MAGIC = re.compile(r"__[A-Z]+__")
#: What templates leave in brackets: "(, , occasionally )" and "()".
_GAP = re.compile(r"\((?:\s*[,;])+\s*")
_NOTHING = re.compile(r" ?\(\s*\)")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def plain_text(markup: str) -> str:
    """The words of a page: without templates, tables, references, images and categories."""
    text = _DROPPED_TAG.sub("", _COMMENT.sub("", markup))
    text = _until_stable(_TEMPLATE, "", text)
    text = _until_stable(_TABLE, "", text)
    text = _until_stable(_LINK, _link_text, text)
    text = _EXTERNAL.sub(r"\1", text)
    text = _MAGIC.sub("", _QUOTES.sub("", _TAG.sub("", text)))
    text = _LIST_MARK.sub("", _HEADING.sub(r"\2", text))
    text = _NOTHING.sub("", _GAP.sub("(", html.unescape(text)))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _until_stable(pattern: re.Pattern[str], replacement: object, text: str) -> str:
    """Remove from the inside out what may be nested."""
    while True:
        text, count = pattern.subn(replacement, text)  # type: ignore[call-overload]
        if not count:
            return text


def _link_text(match: re.Match[str]) -> str:
    """[[page|shown]] -> shown; images and categories -> nothing."""
    target, _, shown = match[1].partition("|")
    if _NO_TEXT_LINK.match(target):
        return ""
    return shown.rpartition("|")[2] or target
