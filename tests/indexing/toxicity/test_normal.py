import pyarrow as pa
import pytest

from indexing.signals.codepoints import code_points
from indexing.toxicity.linear import normal_form


def normal(text: str) -> str:
    codes, offsets = code_points(pa.array([text], pa.large_string()))
    return normal_form(codes, 0, int(offsets[1]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Two\t\n lines ", "two lines"),
        ("@someone hello @other_1!", "hello !"),
        ("see https://example.org/a?b=c now, or www.example.org", "see now, or"),
        ("#NotATag", "notatag"),
        ("Café \uff34\uff25\uff38\uff34 \U0001d41b\U0001d428\U0001d425\U0001d41d", "cafe text bold"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
        ("sooooo 1000", "soo 1000"),
        ("p l a i n and d.o.t.s", "plain and dots"),
        ("w0rd p4ss a1b, 4 5 cla$$", "word pass aib, 4 5 class"),
        ("no t a", "no t a"),
        ("half*word", "half*word"),
        ("\x00\u2028", ""),
    ],
)
def test_what_says_nothing_about_tone_goes_and_disguises_come_off(text: str, expected: str) -> None:
    assert normal(text) == expected
