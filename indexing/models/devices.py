"""Where a model runs: one worker process a GPU, or one or two on the processor."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from corpuscope.errors import UsageError
from indexing import workers

#: More processes than this on one processor only share its memory bandwidth, and each holds the weights.
_MOST_ON_CPU = 2
#: Tokens of a batch, padding counted, where the user names no number.
_BATCH_TOKENS = {"cuda": 65_536, "cpu": 8_192}


@dataclass(frozen=True)
class Place:
    """A torch device, its number type (bfloat16 on a GPU, float32 on a processor), and the most tokens of a batch."""

    device: str
    dtype: Any
    batch_tokens: int


def devices(asked: str) -> tuple[str, ...]:
    """The devices that "auto", "cpu", "cuda" (all of them) or "cuda:N" stands for."""
    if asked == "cpu":
        return ("cpu",)
    if asked != "auto" and not re.fullmatch(r"cuda(:\d+)?", asked):
        raise UsageError(f"There is no device {asked!r}; use auto, cpu, cuda or cuda:N.")
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    found = tuple(f"cuda:{number}" for number in range(count))
    if asked in found:
        return (asked,)
    if asked == "auto":
        return found or ("cpu",)
    if asked == "cuda" and found:
        return found
    here = f"this machine has {', '.join(found)}" if found else "torch finds no GPU on this machine"
    raise UsageError(f"There is no device {asked!r}: {here}. Use --device cpu, or auto.")


def processes(asked: str, workers: int) -> int:
    """How many worker processes evaluate a model: one a GPU; on a processor two, or one of `workers`."""
    found = devices(asked)
    return min(workers, _MOST_ON_CPU) if found == ("cpu",) else len(found)


def place(asked: str, batch_tokens: int | None = None) -> Place:
    """The place of this worker process: the GPUs are dealt out in turn, a processor's cores are shared."""
    import torch

    _, of = workers.place()
    device = _own(asked)
    kind = device.partition(":")[0]
    if kind == "cpu":
        torch.set_num_threads(_threads(of))
        return Place(device, torch.float32, batch_tokens or _BATCH_TOKENS[kind])
    return Place(device, torch.bfloat16, batch_tokens or _BATCH_TOKENS[kind])


def _own(asked: str) -> str:
    """The device of this worker process: the GPUs are dealt out in turn."""
    number, _ = workers.place()
    found = devices(asked)
    return found[number % len(found)]


def half_of_processor() -> Any:
    """The half-precision type that this machine's processor multiplies by itself, None where it knows none.

    With AVX-512 BF16 or AMX a model runs several times as fast as in float32; elsewhere halves only cost.
    """
    import torch

    knows = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return torch.bfloat16 if any(getattr(torch.cpu, name, bool)() for name in knows) else None


def watch(asked: str) -> Callable[[], float | None]:
    """What tells how busy this worker's GPU is (0 to 100), where its driver says so; None on a processor."""
    import torch

    device = _own(asked)

    def look() -> float | None:
        if device == "cpu":
            return None
        try:
            return float(torch.cuda.utilization(device))
        except (ModuleNotFoundError, RuntimeError):  # what asks the driver is a package of its own
            return None

    return look


def _threads(processes: int) -> int:
    """A process's share of the cores, or what the environment says as for all programs with OpenMP."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdigit() and int(said) else max(1, (os.cpu_count() or 1) // processes)
