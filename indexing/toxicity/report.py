"""What the finished model is worth: on splits that it was not trained on, on HateCheck, and on clean text."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope.toxicity import THRESHOLD
from indexing.toxicity.data import BENCH, CLEAN, SETS, bad_words, hatecheck, is_training_bench, labelled, records
from indexing.toxicity.fit_linear import Doubles, auc
from indexing.toxicity.model import judge

_BATCH = 2_000


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m indexing.toxicity.report", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=10, help="measure false alarms on every so-manieth document")
    args = parser.parse_args()
    found = {
        "held_out": {name: held_out(args.data, name) for name in SETS},
        "hatecheck": functionalities(args.data),
        "false_alarms": false_alarms(args.data, args.sample),
    }
    print(json.dumps(found, indent=1))


def score(texts: Sequence[str]) -> Doubles:
    """The probability of each text: that of its worst window, 0 without one."""
    out = np.zeros(len(texts))
    for at in range(0, len(texts), _BATCH):
        judged = judge(pa.array(texts[at : at + _BATCH], pa.large_string()))
        np.maximum.at(out, judged.windows.rows + at, judged.probabilities)
    return out


def held_out(folder: Path, name: str) -> dict[str, float]:
    """Area under the curve, and how many of both classes are flagged, on the test split of a labelled set."""
    examples = [e for e in labelled(folder, name) if e.split == "test" and e.toxic is not None]
    p = score([e.text for e in examples])
    toxic = np.array([bool(e.toxic) for e in examples])
    flagged = p >= THRESHOLD
    return {
        "examples": len(examples),
        "auc": auc(p, toxic),
        "toxic_flagged": float(flagged[toxic].mean()),
        "harmless_flagged": float(flagged[~toxic].mean()),
    }


def functionalities(folder: Path) -> dict[str, dict[str, float]]:
    """For each functionality of HateCheck how many cases there are and how many are judged right."""
    cases = hatecheck(folder)
    p = score([example.text for example, _ in cases])
    right: dict[str, list[bool]] = defaultdict(list)
    for (example, functionality), value in zip(cases, p.tolist(), strict=True):
        right[functionality].append((value >= THRESHOLD) == example.toxic)
    toxic = np.array([bool(example.toxic) for example, _ in cases])
    each = {name: {"cases": len(values), "right": float(np.mean(values))} for name, values in sorted(right.items())}
    return {"all": {"cases": len(cases), "auc": auc(p, toxic)}} | each


def false_alarms(folder: Path, step: int) -> dict[str, dict[str, float]]:
    """For each file of clean text the share of flagged documents, among those that were not trained on."""
    out: dict[str, dict[str, float]] = {}
    for name, texts in _unseen(folder, step):
        p = score(texts)
        out[name] = {"documents": len(texts), "flagged": float((p >= THRESHOLD).mean())}
    bench = [out[name] for name in out if name.startswith("bench/")]
    total = sum(found["documents"] for found in bench)
    out["bench"] = {
        "documents": total,
        "flagged": sum(found["documents"] * found["flagged"] for found in bench) / total,
    }
    return out


def _unseen(folder: Path, step: int) -> Iterator[tuple[str, list[str]]]:
    """The clean texts that were not trained on, by file; of bench every `step`-th."""
    for name in CLEAN:
        found: list[dict[str, Any]] = list(records(folder / f"{name}.jsonl.zst"))
        yield name, [r["text"] for i, r in enumerate(found) if i % 2 and r.get("collection") != "toxicity"]
    for name in ("cranfield", "cacm", "med", "time"):
        file = folder / "ir" / name / "corpus.jsonl"
        yield f"ir/{name}", [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").split("\n") if line]
    bad = bad_words(folder)
    for name in BENCH:
        texts = (r["text"] for r in records(folder / "bench" / f"{name}.jsonl.zst"))
        kept = [
            text
            for i, text in enumerate(texts)
            if i % step == step - 1 and not is_training_bench(i, bad.search(text) is not None)
        ]
        yield f"bench/{name}", kept


if __name__ == "__main__":
    main()
