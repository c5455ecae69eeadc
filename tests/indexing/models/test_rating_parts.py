from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.manifest import Part, file_entry
from corpuscope.models import batching
from indexing import annotate
from indexing.annotate import Job, fit, rate_part
from indexing.annotators import Given, by_name
from indexing.annotators.check import odd_columns
from indexing.models import devices
from indexing.parts import AnnotateTask, make_annotations
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_celadon, save_fineweb_edu, save_qurater, save_weborganizer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_fineweb_edu(tmp_path_factory.mktemp("model"))


@pytest.fixture
def job(model: Path) -> Job:
    return Job("fineweb_edu", fit(by_name("fineweb_edu"), [], {"model": str(model)}), Given(str(model), "cpu"))


def documents(path: Path, texts: list[str | None]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(odd_columns(texts)), path, row_group_size=7)
    return path


def test_pieces_of_a_part_come_back_in_its_order(
    job: Job, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotate, "_RATED_ROWS", 5)
    texts = [None if i % 9 == 4 else " ".join(TEXTS[: 1 + i % 4]) for i in range(33)]
    done: list[int] = []
    part = rate_part(job, documents(tmp_path / "documents.parquet", texts), {}, tmp_path, done.append)
    found = pq.read_table(tmp_path / job.file_name)["fineweb_edu_score"].to_pylist()
    assert found == pytest.approx(rate("fineweb_edu", model, texts)["fineweb_edu_score"], abs=1e-5)
    assert part.rows == sum(done) == 33 and len(done) > 5
    assert part.tokens["fineweb_edu"] > 33 * 5 and part.seconds["fineweb_edu"] > 0


def test_parts_that_are_rated_already_are_not_rated_again(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = []
    for name in ("00000", "00001"):
        path = documents(tmp_path / "parts" / name / "documents.parquet", list(TEXTS))
        parts.append(Part(name, len(TEXTS), file_entry(tmp_path, path)))
    _, first = make_annotations(AnnotateTask(tmp_path, parts[0], (job,)), lambda rows: None)
    assert first is not None
    rated: list[Path] = []
    true = annotate.rate_part

    def counted(job: Job, documents: Path, *rest: object) -> annotate.AnnotatedPart:
        rated.append(documents)
        return true(job, documents, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("indexing.parts.rate_part", counted)
    made = [make_annotations(AnnotateTask(tmp_path, part, (job,)), lambda rows: None)[1] for part in parts]
    assert made[0] is None and made[1] is not None
    assert [path.parent.name for path in rated] == ["00001"]


def test_another_device_or_batch_size_is_the_same_file(job: Job) -> None:
    assert replace(job, given=Given(None, "cuda:1", 99)).file_name == job.file_name


def test_a_gpu_that_runs_out_of_memory_gives_the_same_scores(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    texts = TEXTS * 4
    expected = rate("fineweb_edu", model, texts, batch_tokens=4_000)["fineweb_edu_score"]
    tried: list[int] = []
    true = batching.padded

    def cramped(items: list[list[int]], pad: int, *, left: bool = False) -> object:
        tried.append(len(items))
        if len(items) > 3:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return true(items, pad, left=left)

    monkeypatch.setattr("indexing.models.rater.padded", cramped)
    found = rate("fineweb_edu", model, texts, batch_tokens=4_001)["fineweb_edu_score"]
    assert found == pytest.approx(expected, abs=1e-5)
    assert tried[0] == 16 and max(tried[4:]) <= 3


@pytest.mark.parametrize(
    ("name", "save"),
    [
        ("fineweb_edu", save_fineweb_edu),
        ("celadon", save_celadon),
        ("weborganizer_topic", save_weborganizer),
        ("qurater", save_qurater),
    ],
)
def test_networks_run_in_the_numbers_of_a_gpu_and_come_near(
    name: str, save: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    folder = save(tmp_path / "model")  # type: ignore[operator]
    exact = rate(name, folder, TEXTS)
    true = devices.place
    monkeypatch.setattr("indexing.models.rater.place", lambda *a: replace(true(*a), dtype=torch.bfloat16))
    rough = rate(name, folder, TEXTS, batch_tokens=1_000)
    for field, values in exact.items():
        for value, other in zip(values, rough[field], strict=True):
            assert (other is None) == (value is None)
            if isinstance(value, float) and not field.endswith("_confidence"):
                assert other == pytest.approx(value, abs=0.3)
