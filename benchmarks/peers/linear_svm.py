"""A process that trains scikit-learn's LinearSVC on TF-IDF of words and pairs: the share of right classes by label.

SPLIT.json LABEL...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC


def main(file: str, *labels: str) -> None:
    split = json.loads(Path(file).read_text(encoding="utf-8"))
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    training = words.fit_transform([d["text"] for d in split["training"]])
    held_out = words.transform([d["text"] for d in split["held_out"]])
    out = {}
    for label in labels:
        model = LinearSVC().fit(training, [d[label] for d in split["training"]])
        out[label] = model.score(held_out, [d[label] for d in split["held_out"]])
    print(json.dumps(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
