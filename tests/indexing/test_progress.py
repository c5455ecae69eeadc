import io

import pytest

from indexing.progress import ConsoleProgress, SilentProgress, format_seconds


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_one_line_a_step():
    out = io.StringIO()
    with ConsoleProgress(out).step("Reading", total=10) as step:
        for _ in range(10):
            step.advance(1)
    assert out.getvalue() == "Reading: 10 documents in 0.0 s\n"


def test_a_terminal_gets_rate_and_time_left(monkeypatch):
    monkeypatch.setattr("indexing.progress._REDRAW_SECONDS", 0.0)
    out = _Terminal()
    with ConsoleProgress(out).step("Writing", total=4, unit="rows") as step:
        step.advance(2)
    first, last = out.getvalue().split("\r")[1:]
    assert first.startswith("Writing: 2 of 4 rows, ")
    assert first.rstrip().endswith("left")
    assert last.startswith("Writing: 2 rows in")


def test_until_the_first_unit_a_step_says_what_it_waits_for(monkeypatch):
    monkeypatch.setattr("indexing.progress._LOG_SECONDS", 0.0)
    out = io.StringIO()
    with ConsoleProgress(out).step("Annotating", total=4, waiting="compiling loops") as step:
        step.advance(0)
        step.advance(4)
    waiting, *_ = out.getvalue().splitlines()
    assert waiting.startswith("Annotating: compiling loops, ") and waiting.endswith("s so far")
    assert "compiling" not in out.getvalue().split("\n", 1)[1]


def test_a_step_that_fails_says_that_it_did_not_finish():
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), ConsoleProgress(out).step("Reading") as step:
        step.advance(3)
        raise ValueError("x")
    assert out.getvalue().endswith("not finished\n")


def test_a_step_that_fails_before_anything_was_done_is_silent():
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), ConsoleProgress(out).step("Reading"):
        raise ValueError("x")
    assert out.getvalue() == ""


def test_silent_progress_takes_the_same_calls():
    with SilentProgress().step("Reading", total=3, unit="rows") as step:
        step.advance(3)


def test_seconds_are_written_for_people():
    assert [format_seconds(s) for s in (4.25, 125, 7300)] == ["4.2 s", "2 min 5 s", "2 h 1 min"]
