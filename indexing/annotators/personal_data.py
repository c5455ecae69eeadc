"""How much personal data a text holds and where, by the rules that also mask it."""

from __future__ import annotations

import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.masking import find_array
from corpuscope.personal_data import KINDS, Kind
from indexing.annotators.contract import Annotator, Settings

_RULES: dict[Kind, tuple[str, str, str]] = {
    "email": (
        "E-mail addresses",
        "After datatrove's PII formatter; FineWeb's placeholder addresses do not count.",
        "Addresses written out in words (name at host) are not seen; shared addresses count like personal ones.",
    ),
    "ip": (
        "Public IPv4 and IPv6 addresses",
        "After datatrove's PII formatter (global addresses only); FineWeb's six placeholders do not count.",
        "Section and version numbers that look like addresses are left out where the words around them say so.",
    ),
    "phone": (
        "Phone numbers",
        "After Dolma's PII tagger, and international numbers (E.164) and numbers that follow a word such as Tel.",
        "National numbers without such a word are only seen in the North American form.",
    ),
    "key": (
        "Secret keys: access tokens of known forms, private key blocks, labelled secrets",
        "Published token formats of AWS, GitHub, GitLab, Google, Slack, Stripe, Hugging Face and others; RFC 7519.",
        "Unlabelled secrets without a known form are not seen; example keys in documentation count.",
    ),
}


def _field(kind: Kind) -> Field:
    what, source, caveat = _RULES[kind]
    return Field(
        name=f"pii_{kind}",
        type="int",
        origin="personal_data",
        meaning=f"{what} in the text.",
        source=source,
        caveat=caveat,
        range=(0.0, float(2**63 - 1)),
        bins=(0.0, 1.0, 2.0, 5.0, 10.0, 100.0, 1_000.0),
    )


_PLACES = Field(
    name="pii_spans",
    type="text",
    multi=True,
    origin="personal_data",
    meaning="Where the personal data stands in the text, each piece as 'start-end kind': code points, end exclusive.",
    source="The places that are masked on the screen and in exports; Dolma's and RedPajama-V2's convention of offsets.",
    caveat="Offsets are those of the text as it is stored: what is exported masked has its pieces elsewhere.",
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Count each kind, and say where each piece is."""
    found = find_array(batch.column("text"))
    return [*(found.counts[kind] for kind in KINDS), found.places]


PERSONAL_DATA = Annotator(
    name="personal_data",
    version="2",
    fields=(*(_field(kind) for kind in KINDS), _PLACES),
    needs=("text",),
    annotate=annotate,
    cost="about 350 MB of text a second",
)
