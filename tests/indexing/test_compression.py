import zlib

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from indexing.annotate import run
from indexing.annotators.compression import COMPRESSION

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.none() | TEXT, max_size=5), st.integers(0, 2))
def test_the_ratio_is_bytes_by_compressed_bytes(texts: list[str | None], start: int) -> None:
    column = pa.array(texts, pa.large_string()).slice(start)
    wanted = [len(t.encode()) / len(zlib.compress(t.encode())) if t else None for t in texts[start:]]
    assert run(COMPRESSION, {}, {"text": column}, len(column))[0].to_pylist() == wanted


def test_what_repeats_itself_has_a_high_ratio() -> None:
    texts = pa.array(["Buy now! " * 500, "A page that says each thing once, and then stops."], pa.large_string())
    repetitive, plain = run(COMPRESSION, {}, {"text": texts}, 2)[0].to_pylist()
    assert repetitive > 50 and plain < 1.2
