import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.masking import find_array, mask, mask_array, mask_window
from corpuscope.personal_data import KINDS, PLACEHOLDER_IPS, spans

KEY = "AKIAIOSFODNN7EXAMPLE"
#: Pieces that make odd neighbours for each other.
PIECES = [
    "jane@mail.net",
    "8.8.4.4",
    "+49 30 1234567",
    KEY,
    "x",
    " ",
    "\n",
    "é",
    "\U0001f600",
    "@",
    ".",
    "1",
    "-",
    "漢",
]


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in spans(text)]


@pytest.mark.parametrize(
    "address",
    [
        "jane.doe@mail.net",
        "j+tag_1%x@sub.mail-host.co.uk",
        "o'brien@mail.ie",
        "müller@köln.de",
        "почта@пример.рф",
        "a@xn--bcher-kva.xn--p1ai",
        "root@[8.8.8.8]",
        "first.last@example.com",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "<{}>", "write to {}.", "mailto:{}?subject=x", "邮箱{}联系", "'{}',", "a,{};b"]
)
def test_email_addresses_are_found_whole(address: str, around: str) -> None:
    assert found(around.format(address)) == [("email", address)]


@pytest.mark.parametrize(
    "text",
    [
        "email@example.com",
        "Email@Example.com or firstname.lastname@example.org",
        "icon@2x.png",
        "numpy@1.2.3",
        "medium.com/@user.name",
        "a @ b.com",
        "@handle and foo@localhost",
    ],
)
def test_what_is_no_persons_address_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "2A00:1450:4001:81B:0:0:0:200E"]
)
@pytest.mark.parametrize("around", ["{}", "server {}, up", "http://{}/x", "[{}]", "<td>{}</td>", "from {}."])
def test_public_ip_addresses_are_found(address: str, around: str) -> None:
    assert found(around.format(address)) == [("ip", address)]


@pytest.mark.parametrize(
    "text",
    [
        *sorted(PLACEHOLDER_IPS),
        "127.0.0.1 10.1.2.3 192.168.0.1 169.254.1.1 0.0.0.0 255.255.255.255 224.0.0.251",
        "999.8.8.8 and 8.8.8 and 8.8.8.8.8 and 08.08.08.08",
        "version 8.8.8.8, v8.8.8.8, Release: 81.2.69.142",
        "Chrome/120.0.0.0 and lib-81.2.69.142.tar.gz and pkg==81.2.69.142",
        "See section 5.3.1.4 and the table 2.1.2.1.",
        "std::string 12:30:45 2016:12:30 ::1 fe80::1 2001:db8::1 2016::a",
        "81.2.69.142a x81.2.69.142",
    ],
)
def test_what_is_no_public_ip_address_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call 212-555-1234 now", "212-555-1234"),
        ("(555) 123-4567", "(555) 123-4567"),
        ("555.123.4567", "555.123.4567"),
        ("ring +49 (0)30 123-4567.", "+49 (0)30 123-4567"),
        ("+447911123456,", "+447911123456"),
        ("+44 (181) 654 2212 (24h)", "+44 (181) 654 2212"),
        ("+33\u00a01\u00a023\u00a045\u00a067\u00a089", "+33\u00a01\u00a023\u00a045\u00a067\u00a089"),
        ("Tel.: 030/1234567", "030/1234567"),
        ("Phone 5551234567", "5551234567"),
        ("Telefax (0228) 9499-400", "(0228) 9499-400"),
        ("電話：03-1234-5678", "03-1234-5678"),
    ],
)
def test_phone_numbers_are_found(text: str, number: str) -> None:
    assert found(text) == [("phone", number)]


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-30 and 30.12.2016 and 1999-2000 and telephone (1847-1922)",
        "ISBN 978-0-306-40615-7, ISBN 306-406-1575",
        "1234567890 and 1480550400",
        "+3\u00a0500\u00a0000 and +39 195 956 and 1,234,567",
        "doi:10.1016/j.cell.2015.05.002",
        "http://example.org/212-555-1234",
        "#212-555-1234",
        "+922337203685477,5807",
        "12:30:45+01:00",
    ],
)
def test_dates_amounts_and_numbers_of_books_are_no_phones(text: str) -> None:
    assert [kind for kind, _ in found(text)] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"id {KEY}.", KEY),
        ("ghp_" + "a1" * 18, "ghp_" + "a1" * 18),
        ("api_key = 'Zm9vYmFyMTIzNDU2Nzg5'", "Zm9vYmFyMTIzNDU2Nzg5"),
        ('"password": "hunter2hunter2hunter2"', "hunter2hunter2hunter2"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        ),
    ],
)
def test_keys_are_found(text: str, key: str) -> None:
    assert found(text) == [("key", key)]


def test_a_private_key_is_masked_from_begin_to_end() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n\nMIIEow+/=\nabc\n-----END RSA PRIVATE KEY-----"
    assert mask(f"a\n{block}\nb") == "a\n[KEY]\nb"
    assert mask("-----BEGIN PRIVATE KEY----- and then. Prose goes on.") == "[KEY] and then. Prose goes on."


@pytest.mark.parametrize(
    "text", ["password: correct horse", "token: this_is_a_long_identifier", "-----BEGIN CERTIFICATE-----"]
)
def test_words_are_no_keys(text: str) -> None:
    assert mask(text) == text


def test_masking_changes_nothing_else() -> None:
    text = "\u202ee\u0301\x00\u2028jane@mail.net\r\n\u0085ﬁ 8.8.8.8"
    assert mask(text) == "\u202ee\u0301\x00\u2028[EMAIL]\r\n\u0085ﬁ [IP]"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_spans_are_ordered_apart_and_seen_by_the_vectorised_form(text: str) -> None:
    where = spans(text)
    assert all(a.end <= b.start for a, b in zip(where, where[1:], strict=False))
    masked, count = mask_array(pa.array([text, None, "plain"]))
    assert masked.to_pylist() == [mask(text), None, "plain"] and count == len(where)
    found = find_array(pa.array(["8.8.8.8", None, text]).slice(1))
    assert [found.counts[k].to_pylist() for k in KINDS] == [[None, sum(s.kind == k for s in where)] for k in KINDS]
    assert found.places.to_pylist() == [None, [f"{s.start}-{s.end} {s.kind}" for s in where]]


def test_places_are_no_personal_data_themselves() -> None:
    places = [f"{start}-{start + 12} {kind}" for start in (7, 1234, 1234567, 123456789) for kind in KINDS]
    assert mask_array(pa.array(places))[1] == 0


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_arrays_of_text_are_masked_where_they_need_it(kind: pa.DataType) -> None:
    array = pa.array(["a@mail.net", "x", None, "", "8.8.8.8 b@mail.net", "x"]).cast(kind)
    masked, count = mask_array(array.slice(1))
    assert (masked.to_pylist(), count) == (["x", None, "", "[IP] [EMAIL]", "x"], 2)


def test_a_match_over_two_rows_is_no_match() -> None:
    masked, count = mask_array(pa.array(["jane@", "mail.net", "8.8.", "8.8", "b@mail.net"]))
    assert (masked.to_pylist(), count) == (["jane@", "mail.net", "8.8.", "8.8", "[EMAIL]"], 1)


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.large_list(pa.large_string())])
def test_lists_keep_their_shape(kind: pa.DataType) -> None:
    array = pa.array([["x"], ["a@mail.net", None], None, [], ["y", "b@mail.net"]], kind)
    masked, count = mask_array(array.slice(1))
    assert (masked.to_pylist(), count) == ([["[EMAIL]", None], None, [], ["y", "[EMAIL]"]], 2)
    assert masked.type == kind


def test_numbers_and_empty_arrays_pass_through() -> None:
    for array in (pa.array([1, 2]), pa.array([], pa.string()), pa.nulls(2), pa.nulls(2, pa.string())):
        masked, count = mask_array(array)
        assert masked.equals(array) and count == 0


def test_a_window_that_cuts_an_address_shows_it_masked_whole() -> None:
    text = "Write to jane.doe@mail.net today"
    assert mask_window(text, 12, 20, [])[0] == "[EMAIL]"
    assert mask_window(text, 0, 14, [(0, 5)]) == ("Write to [EMAIL]", [(0, 5)])


def test_highlights_move_with_the_text_and_mark_whole_masks() -> None:
    text = "é jane@mail.net and +49 30 1234567 end"
    snippet, highlights = mask_window(text, 0, len(text), [(0, 1), (7, 11), (16, 19), (35, 38)])
    assert snippet == "é [EMAIL] and [PHONE] end"
    assert [snippet[a:b] for a, b in highlights] == ["é", "[EMAIL]", "and", "end"]


def test_highlights_in_one_mask_become_one() -> None:
    text = "at jane@mail.net"
    assert mask_window(text, 0, len(text), [(3, 7), (8, 12), (13, 16)]) == ("at [EMAIL]", [(3, 10)])


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.data())
def test_a_window_shows_what_the_masked_text_shows(text: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8)))
    marks = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]
    snippet, highlights = mask_window(text, edges[0], edges[-1], marks)
    assert all(a < b for a, b in highlights) and all(a >= 0 and b <= len(snippet) for a, b in highlights)
    assert all(a[1] <= b[0] for a, b in zip(highlights, highlights[1:], strict=False))
    inside = [s for s in spans(text) if s.start < edges[-1] and s.end > edges[0]]
    assert snippet.count("[") == len(inside)


def test_a_window_far_into_a_text_sees_the_key_block_around_it() -> None:
    text = "x " * 3000 + "-----BEGIN PRIVATE KEY-----\n" + "QUJD\n" * 400 + "-----END PRIVATE KEY-----"
    middle = 6000 + 1000
    assert mask_window(text, middle, middle + 100, [(middle, middle + 4)]) == ("[KEY]", [(0, 5)])


@pytest.mark.parametrize("lines", ["QUJD\n" * 4000, "é text " * 4000, ("QUJD" * 16 + "\n") * 400])
def test_no_length_of_a_key_block_shows_what_is_in_its_middle(lines: str) -> None:
    block = f"-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----"
    text = f"é jane@mail.net {block} {block} after"
    for middle in (10_000, len(block) + 10_000):
        assert mask_window(text, middle, middle + 100, []) == ("[KEY]", [])
    assert mask_window(text, len(text) - 10, len(text), [])[0] == "[KEY] after"


@pytest.mark.parametrize(
    "piece",
    ["a", "a@", "1.", "8.8.8.8 ", "+1", "+1 2 ", "eyJ", "-----BEGIN PRIVATE KEY-----", "tel ", "x@y.zz-", "2001:1:"],
)
def test_long_texts_take_linear_time(piece: str) -> None:
    text = piece * (250_000 // len(piece))
    begun = time.perf_counter()
    spans(text)
    assert time.perf_counter() - begun < 5


def test_clean_text_passes_at_a_hundred_megabytes_a_second_or_more() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "bench" / "wordnet.jsonl.zst"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    data = pa.CompressedInputStream(str(path), "zstd").read()
    array = pa.array(data.decode().split("\n"), pa.large_string())
    begun = time.perf_counter()
    mask_array(array)
    assert len(data) / (time.perf_counter() - begun) > 100e6
