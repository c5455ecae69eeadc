"""Machine code that is kept: never that of other sources, found by everybody, and nobody's when nothing needs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpuscope.corpus import Corpus

ROOT = Path(__file__).parents[2]
IMPORT = "from corpuscope.compiled import compiled\n"
CALLED = IMPORT + "@compiled\ndef one():\n    return {}\n"
CALLING = IMPORT + "from called import one\n@compiled\ndef two():\n    return one()\n"


def start(code: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    variables = {"PYTHONPATH": f"{folder}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"} | variables
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | variables, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.strip()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "called.py").write_text(CALLED.format(1))
    (tmp_path / "calling.py").write_text(CALLING)
    return tmp_path


PRINT = "import calling; print(calling.two())"


def test_a_change_in_a_function_that_is_called_is_seen(sources: Path) -> None:
    assert answer(start(PRINT, sources)) == "1"
    (sources / "called.py").write_text(CALLED.format(2))
    assert answer(start(PRINT, sources)) == "2"


def test_processes_that_compile_at_once_do_not_disturb_each_other(sources: Path) -> None:
    assert [answer(p) for p in [start(PRINT, sources) for _ in range(4)]] == ["1"] * 4


def test_machine_code_is_kept_for_the_next_process(sources: Path) -> None:
    loaded = f"{PRINT}; print(sum(calling.two.stats.cache_hits.values()))"
    assert answer(start(loaded, sources)).split() == ["1", "0"]
    assert answer(start(loaded, sources)).split() == ["1", "1"]


def test_machine_code_goes_to_the_users_cache_where_the_folder_takes_none(sources: Path) -> None:
    (sources / "__pycache__").write_text("no folder can be made here")
    assert answer(start(PRINT, sources, XDG_CACHE_HOME=str(sources / "cache"))) == "1"
    assert list((sources / "cache").rglob("calling.two*.nbi"))


def test_where_nothing_can_be_kept_each_process_compiles(sources: Path) -> None:
    (sources / "__pycache__").write_text("no folder can be made here")
    assert answer(start(PRINT, sources, XDG_CACHE_HOME=str(sources / "__pycache__"))) == "1"


def test_searching_and_the_lists_of_annotators_import_no_compiler(tiny_corpus: Corpus, tmp_path: Path) -> None:
    code = (
        "import sys; from commands.main import main; import indexing.build, app, pages.widgets.search_page; "
        f"main(['annotators']); main(['search', {str(tiny_corpus.folder)!r}, 'river']); print('numba' in sys.modules)"
    )
    assert answer(start(code, tmp_path)).splitlines()[-1] == "False"
