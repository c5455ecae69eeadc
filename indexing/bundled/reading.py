"""What the classifiers read of a document: the beginning of title and text, and its address."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from indexing.signals.codepoints import Codes, Offsets, code_points

#: Code points of title and text, and of the address, that are read: as many as the pages for training have at most.
READ, READ_OF_ADDRESS = 10_000, 300
#: Titles that are longer, or that the text begins with, are not read beside it.
_TITLE = 300

Read = tuple[Codes, Offsets]


def read_texts(texts: pa.Array, titles: pa.Array) -> Read:
    """Title, blank line and text as code points, without the title where the text begins with it."""
    starts = pc.utf8_slice_codeunits(texts.cast(pa.large_string()).fill_null(""), 0, READ)
    if titles.null_count == len(titles):
        return code_points(starts)
    titles = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(titles.cast(pa.large_string()).fill_null("")), 0, _TITLE)
    joined = [
        text if not title or text.lstrip().startswith(title) else f"{title}\n\n{text}"
        for title, text in zip(titles.to_pylist(), starts.to_pylist(), strict=True)
    ]
    return code_points(pc.utf8_slice_codeunits(pa.array(joined, pa.large_string()), 0, READ))


def read_addresses(urls: pa.Array) -> Read:
    """The beginnings of the addresses as code points; none is empty."""
    return code_points(pc.utf8_slice_codeunits(urls.cast(pa.large_string()).fill_null(""), 0, READ_OF_ADDRESS))
