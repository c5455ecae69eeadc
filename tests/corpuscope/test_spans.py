from corpuscope.masking import mask
from corpuscope.spans import LabelledSpan, parse_spans


def test_spans_come_back_as_they_were_written() -> None:
    spans = [LabelledSpan(0, 12, "email"), LabelledSpan(7_000_000, 7_000_480, "0.9731")]
    assert parse_spans(map(str, spans)) == spans


def test_what_is_no_span_of_the_text_is_left_out() -> None:
    assert parse_spans(["5-3 x", "a-b x", "1-2", "1-2 ", "3-9 x", "1-2 x"], length=8) == [LabelledSpan(1, 2, "x")]
    assert parse_spans(None) == [] == parse_spans(3)
    assert parse_spans("1-2 x") == [LabelledSpan(1, 2, "x")]


def test_masking_takes_no_span_for_a_number_of_a_telephone() -> None:
    for start in (0, 200, 300, 1_234, 212_555, 12_345_678):
        value = str(LabelledSpan(start, start + 456, "0.9731"))
        assert mask(value) == value
