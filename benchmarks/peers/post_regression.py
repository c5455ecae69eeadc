"""A process that trains logistic regression to tell toxic posts, on MiniLM's vectors and with TF-IDF beside them.

SPLIT.json, with `training` (pairs of text and whether it is toxic) and `asked` (texts): prints scores of the asked by
the name of the features.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scipy.sparse import csr_matrix, hstack
from sentence_transformers import SentenceTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from corpuscope.dense import minilm


def main(file: str) -> None:
    split = json.loads(Path(file).read_text(encoding="utf-8"))
    texts, toxic = zip(*split["training"], strict=True)
    model = SentenceTransformer(str(minilm.folder()))
    vectors, asked = (model.encode(list(t), batch_size=64, show_progress_bar=False) for t in (texts, split["asked"]))
    columns, asked_columns = [csr_matrix(vectors)], [csr_matrix(asked)]
    for vectorizer in (
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, max_features=100_000, sublinear_tf=True),
    ):
        columns.append(vectorizer.fit_transform(texts))
        asked_columns.append(vectorizer.transform(split["asked"]))
    out = {
        "MiniLM": _scores(vectors, toxic, asked),
        "MiniLM and TF-IDF": _scores(hstack(columns).tocsr(), toxic, hstack(asked_columns).tocsr()),
    }
    print(json.dumps(out))


def _scores(features, toxic, asked) -> list[float]:  # type: ignore[no-untyped-def]
    fitted = LogisticRegression(max_iter=200, class_weight="balanced").fit(features, toxic)
    return fitted.decision_function(asked).tolist()


if __name__ == "__main__":
    main(*sys.argv[1:])
