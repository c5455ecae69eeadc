import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from corpuscope.errors import CorpuscopeError
from indexing.workers import run_tasks

ROOT = Path(__file__).resolve().parents[2]
JOB = """
import os, signal, sys, time
from pathlib import Path
from indexing.workers import run_tasks

def work(task, count):
    Path(sys.argv[1], str(os.getpid())).touch()
    time.sleep(60)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it
    run_tasks(work, [1, 2, 3], workers=2, advance=lambda units: None)
"""


def _count(task: int, count, *, fail: bool = False) -> int:
    if fail and task == 0:
        raise CorpuscopeError("no")
    for _ in range(task):
        count(1)
    time.sleep(60 if fail else 0)
    return task


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"


def test_results_come_in_order_and_every_unit_is_reported():
    reported: list[int] = []
    assert run_tasks(_count, [50, 7, 30], workers=2, advance=reported.append) == [50, 7, 30]
    assert sum(reported) == 87


def test_a_task_that_fails_ends_the_others_at_once():
    begun = time.monotonic()
    with pytest.raises(CorpuscopeError, match="no"):
        run_tasks(partial(_count, fail=True), [5, 0], workers=2, advance=lambda units: None)
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_and_death_end_the_workers_amid_their_work(tmp_path, ending):
    script, pids = tmp_path / "job.py", tmp_path / "pids"
    script.write_text(JOB)
    pids.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    job = subprocess.Popen([sys.executable, script, pids], env=environment, stderr=subprocess.DEVNULL)
    while len(list(pids.iterdir())) < 2 and job.poll() is None:
        time.sleep(0.01)
    job.send_signal(ending)
    assert job.wait(timeout=20) != 0
    workers, until = [int(path.name) for path in pids.iterdir()], time.monotonic() + 20
    while any(map(_alive, workers)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(_alive, workers))
