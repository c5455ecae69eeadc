from datetime import UTC, datetime

from pages.widgets import wording


def test_numbers_are_short_where_they_are_large():
    shown = [wording.compact(n) for n in (9_999, 10_000, 236_569, 999_999, 1_000_000, 9_812_345, 3 * 10**12)]
    assert shown == ["9,999", "10k", "237k", "1,000k", "1M", "9.8M", "3T"]


def test_documents_are_counted_in_words():
    assert [wording.documents(n) for n in (0, 1, 12_431)] == ["0 documents", "1 document", "12,431 documents"]


def test_shares_and_sizes():
    assert [wording.share(1, 3), wording.share(0, 0)] == ["33.3%", "0%"]
    assert [wording.size(n) for n in (0, 999, 19_900_000)] == ["0 bytes", "999 bytes", "19.9 MB"]


def test_durations_are_rounded():
    assert [wording.duration(s) for s in (0.2, 12.4, 99.9, 200, 3600, 9000)] == [
        "1 s",
        "12 s",
        "100 s",
        "3 min",
        "60 min",
        "2.5 h",
    ]


def test_moments_are_of_the_clock_today_and_of_the_day_before():
    now = datetime.now(UTC)
    assert wording.when(now) == f"{now:%H:%M} UTC"
    assert wording.when(datetime(2020, 3, 1, 9, 5, tzinfo=UTC)) == "2020-03-01 09:05 UTC"


def test_values_read_as_a_person_writes_them():
    assert [wording.value(v) for v in (True, 1234, 0.123456, ["a", 1], "x")] == ["true", "1,234", "0.1235", "a, 1", "x"]
