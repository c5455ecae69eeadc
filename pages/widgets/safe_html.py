"""HTML out of text that nobody can trust: the one place where text becomes markup.

Everything handed to `element` is escaped unless it is `Html`, which only this module makes. Characters that
could reorder or hide text (bidi overrides, controls, tag characters) are shown as symbols.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

#: Controls but tab and newline, line and paragraph separators, bidi embeddings, overrides and isolates, deprecated
#: format characters, byte-order mark, interlinear annotation, surrogates, tag characters (Unicode 15, ch. 23).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_LINK = re.compile(r"(\./\?|[a-z]+\?|https?://)")
_VOID = frozenset({"input", "br"})


class Html(str):
    """Markup that is safe to insert as it is."""

    __slots__ = ()


def text(value: object) -> Html:
    """Text as markup: escaped, with hidden characters shown."""
    escaped = html.escape(str(value))
    return Html(_HIDDEN.sub(lambda m: f'<span class="symbol">{_symbol(m.group())}</span>', escaped))


def marked(value: str, highlights: Iterable[Sequence[int]]) -> Html:
    """Text as markup with some of its spans (code points; sorted, none overlaps another) in <mark>."""
    out: list[str] = []
    at = 0
    for start, end in highlights:
        out += (text(value[at:start]), "<mark>", text(value[start:end]), "</mark>")
        at = end
    return Html("".join((*out, text(value[at:]))))


def element(tag: str, *children: object, **attributes: object) -> Html:
    """An element. Children that are not Html are text; None and False leave a child or an attribute out.

    Attributes are written as keywords: `class_="x"`, `data_go=True`, `aria_label="Next"`.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(parts: Iterable[object]) -> Html:
    """Parts one after the other; those that are not Html are text, None and False are nothing."""
    return Html("".join(p if isinstance(p, Html) else text(p) for p in parts if p is not None and p is not False))


def datum(value: object) -> Html:
    """A value out of the corpus, kept apart from the direction of the text around it."""
    return element("bdi", value)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    plain = _HIDDEN.sub(lambda m: f"[{_symbol(m.group())}]", str(value))
    if name in ("href", "src") and not _LINK.match(plain):
        raise ValueError(f"{plain!r} is no link of this app and no web address.")
    return f' {name}="{html.escape(plain)}"'


def _symbol(character: str) -> str:
    """A visible sign for a hidden character: U+0000 -> ␀, U+202E -> U+202E."""
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    return "\u2421" if code == _DELETE else f"U+{code:04X}"
