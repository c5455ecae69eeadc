from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpuscope.errors import UsageError
from indexing.annotators import by_name, dclm_fasttext
from indexing.annotators.check import check
from indexing.annotators.dclm_fasttext import DclmRater, one_line
from indexing.annotators.fasttext_file import read_word_ngrams
from indexing.annotators.fasttext_ngrams import WordNgramModel
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_fasttext import save_fasttext
from tests.indexing.test_language_model import HOSTILE

WORDS = ["</s>", "the", "river", "rose", "and", "mill", "наводнение", "猫", "now!"]
LINES = [
    *(line.replace("\n", " ") for line in HOSTILE),
    "the river rose and the mill",
    "the mill and the river наводнение 猫 now! unknown words here",
    "y" * 200 + " the " + "абв" * 100,
    "river " * 3_000,
]


@pytest.fixture(scope="module", params=[1, 2, 3])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_fasttext(tmp_path_factory.mktemp("dclm") / "m.bin", WORDS, ["cc", "hq"], longest=request.param)


def test_probabilities_are_those_of_fasttext(model: Path) -> None:
    fasttext: Any = pytest.importorskip("fasttext", reason="fasttext-predict is not installed")
    native = fasttext.load_model(str(model)).f
    ours = WordNgramModel(read_word_ngrams(model))
    found, _ = ours.predict(LINES)
    for line, row in zip(LINES, found, strict=True):
        theirs = {label: chance for chance, label in native.predict(line + "\n", 2, 0.0, "surrogatepass")}
        assert row == pytest.approx([theirs[f"__label__{label}"] for label in ours.labels], abs=1e-6), line[:50]


def test_a_line_has_the_same_probabilities_alone_and_among_others(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = WordNgramModel(read_word_ngrams(model))
    together, words = ours.predict(LINES)
    assert np.array_equal(together, np.concatenate([ours.predict([line])[0] for line in LINES]))
    monkeypatch.setattr("indexing.annotators.fasttext_ngrams._AT_ONCE", 10)
    again, same = ours.predict(LINES)
    assert np.array_equal(together, again) and words == same


def test_a_likelier_cc_turns_the_probability_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fixed:
        labels = ("cc", "hq")

        def predict(self, lines: list[str]) -> tuple[np.ndarray, int]:
            return np.array([[0.9, 0.1 + 2e-5], [0.2, 0.8], [0.98, 0.018]]), 3

    rated = DclmRater(Fixed()).rate(["a", "b", None, "c"])  # type: ignore[arg-type]
    assert rated.columns[0].to_pylist() == pytest.approx([0.1, 0.8, None, 0.02])


def test_lines_are_joined_by_spaces_and_their_white_space_is_taken_off_the_ends() -> None:
    assert one_line("  a\nb\r\nc\u2028d \n\n") == "a b c d"
    assert [one_line(text) for text in (None, "", " \n ")] == [None, None, None]


def test_the_contract_is_kept_and_the_file_or_its_folder_is_named(model: Path) -> None:
    check(by_name("dclm_fasttext"), {"model": str(model)})
    assert rate("dclm_fasttext", model, ["the river"]) == rate("dclm_fasttext", model.parent, ["the river"])
    assert dclm_fasttext.FIELD.bins is not None and 0.018112 in dclm_fasttext.FIELD.bins


@pytest.mark.parametrize(
    ("labels", "loss", "says"), [(["en", "de"], 3, "labels en, de"), (["cc", "hq"], 1, "no classifier with a softmax")]
)
def test_another_fasttext_model_is_refused(tmp_path: Path, labels: list[str], loss: int, says: str) -> None:
    path = save_fasttext(tmp_path / "other.bin", WORDS, labels, loss=loss)
    with pytest.raises(UsageError, match=says):
        rate("dclm_fasttext", path, ["the river"])


@pytest.mark.parametrize("size", [0, 10, 100, 300])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    path = save_fasttext(tmp_path / "cut.bin", WORDS, ["cc", "hq"])
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UsageError, match="cut short"):
        rate("dclm_fasttext", path, ["the river"])
