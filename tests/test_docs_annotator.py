import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import indexing.annotators
from indexing.annotate import AnnotatorFault, Job, annotate_part
from indexing.annotators import Annotator
from indexing.annotators.check import check, odd_columns

PAGE = Path(__file__).parents[1] / "docs" / "adding-an-annotator.md"
BLOCKS = {
    found[1]: found[2] for found in re.finditer(r"^```python\n# (\S+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Annotator]:
    """The page's annotator, as if its file and its line were there."""
    module = ModuleType("indexing.annotators.questions")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(BLOCKS["indexing/annotators/questions.py"], str(PAGE), "exec"), module.__dict__)
    annotators = (*indexing.annotators.ANNOTATORS, module.QUESTIONS)
    monkeypatch.setattr(indexing.annotators, "ANNOTATORS", annotators)
    yield module.QUESTIONS


def test_the_example_keeps_the_contract(example: Annotator) -> None:
    check(example)


def test_the_tests_on_the_page_pass(example: Annotator) -> None:
    names: dict[str, object] = {}
    exec(compile(BLOCKS["tests/indexing/test_questions.py"], str(PAGE), "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()  # type: ignore[operator]


def test_the_example_runs_over_a_part_by_its_name(example: Annotator, tmp_path: Path) -> None:
    documents = tmp_path / "documents.parquet"
    pq.write_table(pa.table(odd_columns(["Why?", "Because."])), documents)
    annotate_part([Job("questions", {})], documents, {}, tmp_path)
    assert pq.read_table(tmp_path / "questions-1.parquet")["questions"].to_pylist() == [1, 0]


def test_the_line_on_the_page_stands_in_the_list_it_names() -> None:
    block = BLOCKS["indexing/annotators/__init__.py"]
    listed = (PAGE.parents[1] / "indexing" / "annotators" / "__init__.py").read_text("utf-8")
    assert block.split("\n", 1)[0] in listed


def test_check_names_what_is_broken(example: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    whole_batch = replace(example, annotate=lambda b, s: [pa.array([b.num_rows] * b.num_rows, pa.int64())])
    with pytest.raises(AnnotatorFault, match="cut otherwise"):
        check(whole_batch)
    with pytest.raises(AnnotatorFault, match="needs 'txt'"):
        check(replace(example, needs=("txt",)))
    with pytest.raises(AnnotatorFault, match="meaning"):
        check(replace(example, fields=(replace(example.fields[0], meaning=""),)))
