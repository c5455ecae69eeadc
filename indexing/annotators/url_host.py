"""The host of a document's address."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.annotators.contract import Annotator, Settings

FIELD = Field(
    name="url_host",
    type="text",
    origin="url_host",
    meaning="Host of the document's URL, in lower case, without user, port and final dot.",
    source="RFC 3986, section 3.2.2, applied to `url`.",
    caveat="The full host: `www.` and other sub-domains stay. Null where there is no URL with a host.",
)

#: `scheme://user@host:port`, or `host.name/path` as some corpora write it.
_AUTHORITY = (
    r"^\s*(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@\s]*@)?(?P<full>\[[0-9A-Fa-f:.]+\]|[^/?#:@\s\[\]]+)"
    r"|(?P<bare>[\pL\pN_-]+(?:\.[\pL\pN_-]+)*\.[\pL]{2,})(?:[:/?#]|\s*$))"
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Extract hosts."""
    url = batch.column("url")
    if not (pa.types.is_string(url.type) or pa.types.is_large_string(url.type)):
        return [pa.nulls(len(url), pa.string())]
    found = pc.extract_regex(url, _AUTHORITY)
    full, bare = pc.struct_field(found, "full"), pc.struct_field(found, "bare")
    host = pc.if_else(pc.equal(full, ""), bare, full)
    host = pc.utf8_lower(pc.utf8_rtrim(host, "."))
    return [pc.if_else(pc.equal(host, ""), None, host).cast(pa.string())]


URL_HOST = Annotator(
    name="url_host",
    version="1",
    fields=(FIELD,),
    needs=("url",),
    annotate=annotate,
    cost="about a million documents a second",
)
