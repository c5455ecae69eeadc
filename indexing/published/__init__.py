"""Published ratings that are known by their columns and paths: one module each, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscope.errors import SourceError
from indexing.published.contract import Cells, Names, Rating, System, Whole
from indexing.published.dataman import DATAMAN
from indexing.published.datatrove import DATATROVE
from indexing.published.dclm import DCLM
from indexing.published.dolma import DOLMA
from indexing.published.duplicates import DUPLICATES
from indexing.published.essential_web import ESSENTIAL_WEB
from indexing.published.files import RatingsFile
from indexing.published.fineweb import FINEWEB
from indexing.published.flat import FLAT, common_name
from indexing.published.minhash import MINHASH
from indexing.published.nemo_curator import NEMO_CURATOR
from indexing.published.perspective import PERSPECTIVE
from indexing.published.qurating import QURATING
from indexing.published.redpajama_v2 import REDPAJAMA_V2
from indexing.published.weborganizer import WEBORGANIZER

__all__ = ["SYSTEMS", "Cells", "Names", "Rating", "System", "Whole", "group", "recognise"]

#: The first system that knows a file takes it; the last one knows every file.
SYSTEMS: tuple[System, ...] = (
    ESSENTIAL_WEB,
    REDPAJAMA_V2,
    DUPLICATES,
    MINHASH,
    DOLMA,
    QURATING,
    DATAMAN,
    DCLM,
    FINEWEB,
    NEMO_CURATOR,
    DATATROVE,
    WEBORGANIZER,
    PERSPECTIVE,
    FLAT,
)

#: Stands behind every import's origin, so that it is never the name of an annotator.
SUFFIX = "_published"


def group(files: Sequence[RatingsFile]) -> dict[str, tuple[System, list[RatingsFile]]]:
    """The files by the origin of their fields, in the order in which they were named."""
    groups: dict[str, tuple[System, list[RatingsFile]]] = {}
    known = [(file, *recognise(file.names, file.path)) for file in files]
    unknown = [file.path for file, system, _ in known if system is FLAT]
    for file, system, origin in known:
        name = f"{common_name(unknown)}{SUFFIX}" if system is FLAT else origin
        taken_by, own = groups.setdefault(name, (system, []))
        if taken_by is not system:
            raise SourceError(f"{own[0].path} and {file.path} would both be {name!r}; rename one, or import it alone.")
        own.append(file)
    return groups


def recognise(names: Names, path: str) -> tuple[System, str]:
    """The system that published a file with these columns, and the origin that its fields get."""
    for system in SYSTEMS:
        origin = system.origin(names, path)
        if origin is not None:
            return system, f"{origin}{SUFFIX}"
    raise LookupError(path)  # the last system knows every file
