"""For which documents the classifiers that know English alone give a value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: From this score on the language is believed: texts that are said to be of another one with less are judged.
BELIEVED = 0.5

RULE = (
    f"Null where the language is another than English by a score of {BELIEVED} or more, and where no word is known; a "
    "text whose language is unsure is judged as if it were English."
)


def may_be_english(languages: pa.Array, scores: pa.Array) -> npt.NDArray[np.bool_]:
    """Which documents are English, or of a language that is unsure or unknown."""
    other = pc.and_(
        pc.not_equal(languages.cast(pa.string()), "en"), pc.greater_equal(scores.cast(pa.float64()), BELIEVED)
    )
    return ~np.asarray(pc.fill_null(other, False))  # noqa: FBT003
