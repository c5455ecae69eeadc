"""Files of plain JSON that are written whole and in one form, and read with a sentence for what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpuscope.errors import CorpuscopeError, UsageError


def to_bytes(data: Any) -> bytes:
    """The bytes of a file: equal data give equal bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def load(path: Path, kind: str, made_by: str) -> Any:
    """What a file of some kind holds; `made_by` ends the sentence about one that is not there, with how to make it."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise CorpuscopeError(f"There is no {kind} {path}; {made_by}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CorpuscopeError(f"{path} is no {kind}: {error}.") from None


def check_kind(data: Any, origin: str, kind: str, version: int) -> dict[str, Any]:
    """The data, which say under the kind's name of which version they are; `origin` names them in the error."""
    if not isinstance(data, dict) or data.get(kind) != version:
        raise UsageError(f'{origin} is no {kind} of this version: it lacks "{kind}": {version}.')
    return data
