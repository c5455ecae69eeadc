from pathlib import Path

import pytest

from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.prox_document import MOST_TOKENS, _columns, keeps, prompt
from indexing.models.loading import load_tokenizer
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_prox


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_prox(tmp_path_factory.mktemp("prox"))


@pytest.mark.parametrize(
    ("program", "kept"), [("drop_doc()", False), ("keep_doc()", True), ("", True), ("x\ndrop", False)]
)
def test_a_program_with_a_drop_in_it_drops_the_document(program: str, kept: bool) -> None:
    assert keeps(program) is kept


def test_programs_and_what_becomes_of_the_document_are_fields() -> None:
    programs, kept = (array.to_pylist() for array in _columns([" keep_doc() ", "drop_doc()", None]))
    assert programs == ["keep_doc()", "drop_doc()", None] and kept == [True, False, None]


def test_the_prompt_is_that_of_llama_2_and_loses_its_end_when_it_is_too_long(model: Path) -> None:
    tokenizer = load_tokenizer(model)
    short = tokenizer.decode(prompt(tokenizer, " the mill \n"))
    start = "<s>[INST] <<SYS>>\nYou are a helpful, respectful and honest assistant.\n<</SYS>>\n\n"
    assert short == f"{start} the mill [/INST]"
    long = prompt(tokenizer, "x" * 9_000)
    assert len(long) == MOST_TOKENS and not tokenizer.decode(long).endswith("[/INST]")


def test_documents_get_a_program_and_those_without_text_none(model: Path) -> None:
    found = rate("prox_document", model, [*TEXTS, "", None])
    assert list(found) == ["prox_document_program", "prox_document_keep"]
    assert [value is None for value in found["prox_document_keep"]] == [False] * len(TEXTS) + [True, True]
    assert found == rate("prox_document", model, [*TEXTS, "", None], batch_tokens=1)


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("prox_document"), {"model": str(model)})
