import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from indexing.toxicity import model
from indexing.toxicity.data import labelled
from indexing.toxicity.fit_linear import auc
from indexing.toxicity.report import score
from indexing.toxicity.windows import LONGEST

DATA = Path(__file__).parents[4] / "shared" / "data"

CLEAN = [
    "The library opens at nine and closes at six on weekdays.",
    "Thanks so much for your help, that was very kind of you!",
    "I disagree with the new budget because it cuts money for schools.",
    "To kill a process that hangs, send it the signal TERM first.",
    "Boil the potatoes for twenty minutes, then mash them with butter.",
    "Ass, n.: a long-eared animal of the horse family, smaller than a horse.",
]
TOXIC = [
    "Shut up, you pathetic idiot, nobody wants to hear from trash like you.",
    "You are the dumbest piece of garbage I have ever met, you moron.",
    "What a stupid bitch, I hope she loses everything.",
    "These people are vermin and should all be thrown out.",
    "fuck off you worthless asshole",
    "You disgusting loser, go back to the hole you crawled out of.",
]


def test_insults_are_told_from_plain_sentences() -> None:
    clean, toxic = score(CLEAN), score(TOXIC)
    assert max(clean) < 0.5 < min(toxic)


def test_a_long_text_is_as_toxic_as_its_worst_window() -> None:
    line = "The committee met on Tuesday and talked about roads, and then about bridges. "
    text = f"{line * 12}\n{TOXIC[1]}\n{line * 12}"
    judged = model.judge(pa.array([text], pa.large_string()))
    worst = int(judged.probabilities.argmax())
    assert TOXIC[1] in text[judged.windows.starts[worst] : judged.windows.ends[worst]]
    assert score([text]).tolist() == [judged.probabilities[worst]]


def test_a_window_is_judged_alike_wherever_its_text_goes_on() -> None:
    first, then = f"{' '.join(TOXIC)}\n" * 2, f"{' '.join(CLEAN)}\n" * 4
    short, long = (model.judge(pa.array([first + then * n], pa.large_string())) for n in (1, 3))
    alike = slice(len(short.probabilities) - 1)
    assert short.windows.ends[alike].tolist() == long.windows.ends[alike].tolist()
    assert short.probabilities[alike].tolist() == long.probabilities[alike].tolist()


def test_values_are_the_same_however_texts_are_put_together() -> None:
    texts = [*CLEAN, *TOXIC, " ".join(CLEAN * 3), " ".join(TOXIC * 3)]
    together = score(texts)
    assert together.tolist() == [float(score([text])[0]) for text in texts]
    assert together[::-1].tolist() == score(texts[::-1]).tolist()


def test_the_second_stage_reads_the_worst_of_a_text_and_no_more() -> None:
    rows, odds = np.repeat([0, 1, 2], [5, 1, 3]), np.array([1.0, 3, 2, 3, -1, 0, -1, -2, 9])
    assert model.worst(odds, rows, 0.0, most=2).tolist() == [1, 3, 5, 8]
    assert model.worst(odds, rows, 10.0).tolist() == []


def test_a_text_of_insults_without_end_is_judged_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    class Counting:
        def log_odds(self, texts: list[str]) -> np.ndarray:
            read.append(len(texts))
            return np.zeros(len(texts))

    monkeypatch.setattr(model, "second_stage", Counting)
    text = "You stupid idiot. " * (model.MOST_READ * LONGEST // 10)
    judged = model.judge(pa.array([text], pa.large_string()))
    assert sum(read) == model.MOST_READ < len(judged.probabilities)


def test_clean_texts_need_no_torch() -> None:
    code = (
        "import sys, pyarrow as pa; from indexing.toxicity.model import judge; "
        "judge(pa.array(['Die Sitzung beginnt um neun Uhr.' * 9], pa.large_string())); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the labelled sets in ../shared/data")
@pytest.mark.parametrize(("name", "least"), [("davidson", 0.95), ("olid", 0.84), ("civil", 0.75), ("ethos", 0.72)])
def test_posts_that_were_not_trained_on_are_ordered(name: str, least: float) -> None:
    examples = [e for e in labelled(DATA, name) if e.split == "test" and e.toxic is not None][:250]
    assert auc(score([e.text for e in examples]), np.array([bool(e.toxic) for e in examples])) > least


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True])) == 0.875
    assert np.isnan(auc(np.array([1.0]), np.array([True])))
