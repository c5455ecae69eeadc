from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import indexing.annotators
from corpuscope.errors import CorpusDamaged, UsageError
from indexing.annotate import AnnotatorFault, Job, annotate_part, fit, run
from indexing.annotators import DEFAULT, by_name
from indexing.annotators.check import odd_columns
from indexing.annotators.tokens import describe

ROWS = 1_200


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("part") / "documents.parquet"
    sentences = [
        "The cat sat on the mat.",
        "Der Hund schläft im Garten.",
        "Il fait beau aujourd'hui.",
        "",
        "猫が好きです。",
    ]
    texts = [sentences[i % 5] * (1 + i % 7) for i in range(ROWS)]
    pq.write_table(pa.table(odd_columns(texts)), path, row_group_size=100)
    return path


def jobs(documents: Path, *names: str) -> list[Job]:
    fitted: dict[str, object] = {}
    for name in names:
        fitted[name] = fit(by_name(name), [documents], {}, fitted)  # type: ignore[arg-type]
    return [Job(name, fitted[name]) for name in names]  # type: ignore[arg-type]


def test_fields_stand_beside_the_documents_row_by_row(documents: Path, tmp_path: Path) -> None:
    done: list[int] = []
    part = annotate_part(jobs(documents, *DEFAULT), documents, {}, tmp_path, done.append)
    table = pq.read_table(tmp_path / "characters-1.parquet")
    texts = pq.read_table(documents)["text"].to_pylist()
    assert table["characters"].to_pylist() == [len(text) for text in texts]
    assert part.rows == sum(done) == ROWS
    languages = pq.read_table(next(tmp_path.glob("language-*.parquet")))["language"]
    assert languages.null_count == ROWS // 5 and set(part.seconds) == set(DEFAULT)


def test_grouping_of_jobs_does_not_show_in_the_bytes(documents: Path, tmp_path: Path) -> None:
    together, alone = tmp_path / "together", tmp_path / "alone"
    todo = jobs(documents, *DEFAULT)
    annotate_part(todo, documents, {}, together)
    finished: dict[str, Path] = {}
    for job in todo:
        annotate_part([job], documents, finished, alone)
        finished[job.annotator] = alone / job.file_name
    for path in finished.values():
        assert path.read_bytes() == (together / path.name).read_bytes()


def test_batch_size_does_not_show_in_the_bytes(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    todo = jobs(documents, "words", "language")
    annotate_part(todo, documents, {}, tmp_path / "large")
    monkeypatch.setattr("indexing.annotate._BATCH_ROWS", 1)
    annotate_part(todo, documents, {}, tmp_path / "small")
    for name in ("words-1.parquet", "language-1.parquet"):
        assert (tmp_path / "large" / name).read_bytes() == (tmp_path / "small" / name).read_bytes()


def test_estimated_tokens_come_near_the_counted_ones(documents: Path, tmp_path: Path) -> None:
    names = ("characters", "language", "tokens")
    annotate_part(jobs(documents, *names), documents, {}, tmp_path / "estimated")
    exact = [
        *jobs(documents, "characters", "language"),
        Job("tokens", fit(by_name("tokens"), [], {"tokenizer": "tekken"})),
    ]
    annotate_part(exact, documents, {}, tmp_path / "exact")
    estimated, counted = (
        sum(pq.read_table(next((tmp_path / kind).glob("tokens-1-*.parquet")))["tokens"].to_pylist())
        for kind in ("estimated", "exact")
    )
    assert estimated == pytest.approx(counted, rel=0.02)


def test_a_token_field_says_whether_it_was_counted() -> None:
    (exact,) = describe({"tokenizer": "tekken"})
    (guess,) = describe({"overall": {"tokens_per_character": 0.25, "documents": 40, "relative_error": 0.013}})
    assert not exact.estimated and "tekken" in exact.meaning
    assert guess.estimated and "40 documents" in guess.caveat and "1.3%" in guess.caveat


def test_a_tokenizer_file_counts_exactly(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    chosen = fit(by_name("tokens"), [], {"tokenizer": str(tmp_path / "tokenizer.json")})
    text = pa.array(["a b a", "", None], pa.large_string())
    assert run(by_name("tokens"), chosen, {"text": text}, 3)[0].to_pylist() == [3, 0, None]


def test_a_text_that_the_tokenizer_refuses_is_counted_in_pieces() -> None:
    text = pa.array([" " * 500_000, "a b"], pa.large_string())
    counts = run(by_name("tokens"), {"tokenizer": "tekken"}, {"text": text}, 2)[0].to_pylist()
    assert counts[0] > 0 and counts[1] == 2


def test_a_tokenizer_that_cannot_be_had_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match=r"'no/such-tokenizer'.*tekken"):
        fit(by_name("tokens"), [], {"tokenizer": "no/such-tokenizer"})
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(UsageError, match="is no tokenizer.json"):
        fit(by_name("tokens"), [], {"tokenizer": str(tmp_path)})


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        ([], r"0 columns for its 1 fields"),
        ([pa.nulls(2, pa.int64())], r"2 values of 'words' for 3 documents"),
        ([pa.nulls(3, pa.string())], r"declares 'words' as int64 and gave string"),
    ],
)
def test_a_broken_contract_is_told_with_the_annotators_name(result: list[pa.Array], complaint: str) -> None:
    broken = replace(by_name("words"), annotate=lambda batch, settings: result)
    with pytest.raises(AnnotatorFault, match=f"'words'.*{complaint}|{complaint}"):
        run(broken, {}, {"text": pa.array(["a", "b", "c"])}, 3)


def test_nothing_is_left_behind_when_an_annotator_fails(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(batch: pa.RecordBatch, settings: object) -> list[pa.Array]:
        raise AnnotatorFault("It failed.")

    broken = replace(by_name("words"), annotate=fail)
    monkeypatch.setattr(indexing.annotators, "ANNOTATORS", (broken,))
    with pytest.raises(AnnotatorFault):
        annotate_part([Job("words", {})], documents, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_an_annotator_needs_has_to_be_there_and_whole(documents: Path, tmp_path: Path) -> None:
    job = jobs(documents, "characters", "language", "tokens")[-1]
    with pytest.raises(AnnotatorFault, match="has to run before"):
        annotate_part([job], documents, {}, tmp_path)
    short = tmp_path / "short.parquet"
    pq.write_table(pa.table({"characters": [1], "language": ["en"]}), short)
    with pytest.raises(CorpusDamaged, match="1 rows for 1200 documents"):
        annotate_part([job], documents, {"characters": short, "language": short}, tmp_path)


def test_a_need_that_the_same_run_makes_only_later_is_a_fault(documents: Path, tmp_path: Path) -> None:
    characters, language, tokens = jobs(documents, "characters", "language", "tokens")
    with pytest.raises(AnnotatorFault, match="'tokens' needs fields of language, which"):
        annotate_part([characters, tokens, language], documents, {}, tmp_path)


def test_an_empty_part_has_empty_fields(tmp_path: Path) -> None:
    path = tmp_path / "documents.parquet"
    pq.write_table(pa.table(odd_columns([])), path)
    todo = jobs(path, *DEFAULT)
    annotate_part(todo, path, {}, tmp_path)
    assert [pq.read_table(tmp_path / job.file_name).num_rows for job in todo] == [0] * len(DEFAULT)
