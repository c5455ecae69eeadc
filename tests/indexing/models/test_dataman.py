from pathlib import Path

import pytest

from corpuscope.errors import UsageError
from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.dataman import ANSWER_TOKENS, STOPS, _columns, parse, prompt, request, shortened
from indexing.models.loading import load_tokenizer
from indexing.published.dataman import CRITERIA
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import QWEN, TEXTS, save_byte_bpe, save_dataman

DIGITS = [str(1 + i % 5) for i in range(14)]
GOOD = "\n".join(["C", *DIGITS])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_dataman(tmp_path_factory.mktemp("dataman"))


def test_a_letter_and_fourteen_digits_are_a_domain_and_ratings() -> None:
    answer = parse(f" {GOOD}\n")
    assert (answer.domain, answer.failed) == ("Law", False)
    assert answer.ratings == tuple(map(int, DIGITS))


@pytest.mark.parametrize("answer", ["", "C", GOOD.rpartition("\n")[0], GOOD + "\n5", GOOD.replace("\n", " ")])
def test_another_number_of_lines_says_nothing(answer: str) -> None:
    assert parse(answer).ratings == (None,) * 14 and parse(answer).failed and parse(answer).domain is None


@pytest.mark.parametrize(
    ("line", "instead", "domain", "known"),
    [(0, "P", None, 14), (0, "c", None, 14), (3, "6", "Law", 13), (3, "x", "Law", 13)],
)
def test_one_bad_line_costs_its_own_value(line: int, instead: str, domain: str | None, known: int) -> None:
    lines = GOOD.split("\n")
    answer = parse("\n".join([*lines[:line], instead, *lines[line + 1 :]]))
    assert answer.failed and answer.domain == domain
    assert sum(rating is not None for rating in answer.ratings) == known


def test_a_failed_answer_is_kept_as_a_field() -> None:
    *ratings, domains, failed = (array.to_pylist() for array in _columns([GOOD, "nonsense", None]))
    assert [column[0] for column in ratings] == [int(digit) for digit in DIGITS]
    assert domains == ["Law", None, None] and failed == [False, True, None]


def test_the_request_names_all_criteria_in_order() -> None:
    lines = request("TEXT").split("\n")
    assert lines[:3] == [
        "Please score the text on fourteen evaluation criteria and specify its domain:",
        "Text: TEXT",
        "Domain:_",
    ]
    assert lines[3:6] == ["[1]Accuracy:_/5", "[2]Coherence:_/5", "[3]Language Consistency:_/5"]
    assert lines[13:] == [
        "[11]Structural Standardization:_/5",
        "[12]Originality:_/5",
        "[13]Sensitivity:_/5",
        "[14]Overall Score:_/5",
    ]


def test_the_middle_of_a_long_text_is_left_out(model: Path) -> None:
    tokenizer = load_tokenizer(model)
    text = "a" * 1_000 + "b" * 1_000  # a token for each byte
    assert shortened(tokenizer, text) == "a" * 947 + "..." + "b" * 947
    assert shortened(tokenizer, "a" * 1_894) == "a" * 1_894
    long = "a" * 15_000 + "b" * 15_000
    assert shortened(tokenizer, long) == "a" * 947 + "..." + "b" * 947
    assert shortened(tokenizer, '"..."The start ![](/a.png)\nand the end ') == "The start and the end"


def test_the_prompt_is_a_chat_that_waits_for_an_answer(model: Path) -> None:
    tokenizer = load_tokenizer(model)
    text = tokenizer.decode(prompt(tokenizer, "the mill"))
    assert text.startswith("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nPlease score")
    assert text.endswith("[14]Overall Score:_/5<|im_end|>\n<|im_start|>assistant\n")


def test_answers_are_those_of_greedy_decoding_alone_and_in_batches(model: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from indexing.models.causal import answers
    from indexing.models.devices import Place

    tokenizer = load_tokenizer(model)
    prompts = [prompt(tokenizer, text) for text in TEXTS]
    reference = AutoModelForCausalLM.from_pretrained(model).eval()
    stops = [tokenizer.convert_tokens_to_ids(name) for name in STOPS]
    expected = []
    for ids in prompts:
        made = reference.generate(
            torch.tensor([ids]), do_sample=False, max_new_tokens=ANSWER_TOKENS, eos_token_id=stops
        )
        expected.append([token for token in made[0, len(ids) :].tolist() if token not in stops])
    answer = answers(model, Place("cpu", torch.float32, 1), most=ANSWER_TOKENS, stops=stops, pad=0)
    assert answer(prompts) == expected == [answer([ids])[0] for ids in prompts]
    assert max(map(len, expected)) <= ANSWER_TOKENS
    ended = answers(model, Place("cpu", torch.float32, 1), most=ANSWER_TOKENS, stops=[expected[0][3]], pad=0)(prompts)
    assert ended[0] == expected[0][: expected[0].index(expected[0][3])]


def test_fields_stand_in_order_and_nonsense_is_an_error_to_be_seen(model: Path) -> None:
    found = rate("dataman", model, [*TEXTS, None, ""])
    assert list(found) == [*(f"dataman_{name}" for name in CRITERIA), "dataman_domain", "dataman_parse_error"]
    assert found["dataman_parse_error"] == [True] * len(TEXTS) + [None, None]
    assert found["dataman_accuracy"] == [None] * (len(TEXTS) + 2)


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("dataman"), {"model": str(model)})


def test_a_model_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    save_byte_bpe(tmp_path, QWEN)
    with pytest.raises(UsageError, match="no chat template"):
        prompt(load_tokenizer(tmp_path), "the mill")
