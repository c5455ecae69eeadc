"""The environment of the peers that the project does not depend on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.setting import ROOT

_REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"


def get_python(work: Path) -> Path:
    """The Python of that environment, made when it is not there or was made for other requirements."""
    requirements = _REQUIREMENTS.read_text(encoding="utf-8")
    folder = work / "peers"
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists() or ready.read_text(encoding="utf-8") != requirements:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", _REQUIREMENTS], check=True)
        ready.write_text(requirements, encoding="utf-8")
    return python


def versions(python: Path, *packages: str) -> str:
    """`name version, name version` of installed packages."""
    code = "import sys; import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    done = subprocess.run([python, "-c", code, *packages], capture_output=True, text=True, check=True)
    return done.stdout.strip()
