"""The Lucene index of a corpus: every match as a mask, the best k of any allowed rows, and what matched in a text.

All parts are read as one, so that term statistics are global and a document's number is its row in the corpus.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.errors import CorpusDamaged, InvalidQuery
from corpuscope.filters import Filter
from corpuscope.lexical import boolean, bridge, jvm
from corpuscope.lexical.analysis import CONTENTS, get_analyzer
from corpuscope.lexical.bridge import Scores
from corpuscope.lexical.highlights import find_spans
from corpuscope.lexical.jvm import java
from corpuscope.mask_cache import MaskCache
from corpuscope.query import K1, B, Query

Spans = list[tuple[int, int]]

#: Distinct words of one query, so that a pasted page can be searched and a pasted book is refused.
MAX_TERMS = 65_536

#: Hits that Java holds at once: a ranking of millions is fetched in pieces, to stay within a small heap.
_PAGE = 200_000
_MASK_CACHE_BYTES = 64 << 20
_SEARCHERS = 16


class LexicalIndex:
    """The Lucene indexes of a corpus's parts, opened once and shared by all threads."""

    def __init__(self, reader: Any, rows: int, analyzer: Any) -> None:
        self.rows = rows
        self.analyzer = analyzer
        self._reader = reader
        self._leaves = list(reader.leaves())
        self._masks = MaskCache(_MASK_CACHE_BYTES)
        self._searcher = lru_cache(_SEARCHERS)(partial(_make_searcher, reader))
        self._ranker = lru_cache(_SEARCHERS)(bridge.make_ranker)
        # A corpus that changes is opened again and again; the files of a version go when its last reader does.
        self._close = weakref.finalize(self, _close, reader)
        self._close.atexit = False  # Java may be gone by then

    @classmethod
    def open(cls, parts: Sequence[Path], rows: Sequence[int], language: str) -> LexicalIndex:
        """Open the index folders of the parts, which hold as many documents as `rows` says."""
        java("org.apache.lucene.search.IndexSearcher").setMaxClauseCount(MAX_TERMS)
        analyzer = get_analyzer(language)
        array = jvm.object_array("org.apache.lucene.index.IndexReader", _open_parts(parts, rows))
        return cls(java("org.apache.lucene.index.MultiReader")(array), sum(rows), analyzer)

    @classmethod
    def join(cls, indexes: Sequence[LexicalIndex]) -> LexicalIndex:
        """Several indexes of one analyzer as one, over the same open files: statistics are those of all of them."""
        array = jvm.object_array("org.apache.lucene.index.IndexReader", [i._reader for i in indexes])
        reader = java("org.apache.lucene.index.MultiReader")(array, False)  # which only counts them as in use
        return cls(reader, sum(i.rows for i in indexes), indexes[0].analyzer)

    def close(self) -> None:
        """Give the files back, unless a joined index reads them; this one must not be asked again."""
        self._close()

    def compile(self, query: Query, field_mask: Callable[[Filter], Mask]) -> TextQuery:
        """What a keyword, phrase or boolean query looks for; raises InvalidQuery when it cannot be read."""
        _check_text(query.text)
        try:
            return self._compile(query, field_mask)
        except java("org.apache.lucene.search.IndexSearcher$TooManyClauses"):
            raise InvalidQuery(f"The query has more than {MAX_TERMS:,} different words; ask with fewer.") from None

    def _compile(self, query: Query, field_mask: Callable[[Filter], Mask]) -> TextQuery:
        searcher = self._searcher(float(query.k1), float(query.b))
        tree = self._lucene_query(query)
        ranking, mask = tree, None
        if query.mode == "boolean" and boolean.needs_masks(tree):
            mask = boolean.tree_mask(tree, self.rows, self.matches, field_mask)
            ranking = boolean.scoring_query(tree)
        if query.mode != "keyword":  # words are what they are; patterns become words here, once
            ranking = searcher.rewrite(ranking)
        return TextQuery(self, searcher, tree, ranking, mask)

    def _lucene_query(self, query: Query) -> Any:
        match query.mode:
            case "boolean":
                return boolean.parse(query.text, self.analyzer)
            case "phrase":
                builder = java("org.apache.lucene.util.QueryBuilder")(self.analyzer)
                found = builder.createPhraseQuery(CONTENTS, query.text, query.slop)
                return java("org.apache.lucene.search.MatchNoDocsQuery")() if found is None else found
            case _:
                return _bag_of_words().buildQuery(CONTENTS, self.analyzer, query.text)

    def matches(self, lucene_query: Any) -> Mask:
        """Every row that a Lucene query matches."""
        found = self._masks.get(lucene_query)
        if found is None:
            found = self._find_matches(lucene_query)
            self._masks.put(lucene_query, found)
        return found

    def ranked(self, searcher: Any, lucene_query: Any, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The best k of the allowed rows by score, ties by row."""
        left = min(k, self.rows)
        if left == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if allowed is None and left <= _PAGE:
            return bridge.best(self._ranker(searcher), lucene_query, left)
        pages = []
        last = None
        while left > 0:
            wanted = min(left, _PAGE)
            hits = self._page(searcher, lucene_query, wanted, last, allowed)
            pages.append(bridge.from_score_docs(hits))
            left -= wanted
            if len(hits) < wanted:
                break
            if left:
                last = hits[-1]
        if len(pages) == 1:
            return pages[0]
        rows, scores = zip(*pages, strict=True)
        return np.concatenate(rows), np.concatenate(scores)

    def _page(self, searcher: Any, lucene_query: Any, k: int, after: Any | None, allowed: Mask | None) -> Any:
        """The `ScoreDoc[]` of the best k behind `after`."""
        top = java("org.apache.lucene.search.TopScoreDocCollector")
        if allowed is None:
            return searcher.search(lucene_query, top.createSharedManager(k, after, k)).scoreDocs
        collector = top.create(k, after, k)
        mode = java("org.apache.lucene.search.ScoreMode").TOP_SCORES
        weight = searcher.createWeight(searcher.rewrite(lucene_query), mode, 1.0)
        for leaf in self._leaves:
            _score_leaf(weight, leaf, collector, allowed)
        return collector.topDocs().scoreDocs

    def _find_matches(self, lucene_query: Any) -> Mask:
        searcher = self._searcher(K1, B)
        mode = java("org.apache.lucene.search.ScoreMode").COMPLETE_NO_SCORES
        weight = searcher.createWeight(searcher.rewrite(lucene_query), mode, 1.0)
        mask = np.zeros(self.rows, dtype=np.bool_)
        for leaf in self._leaves:
            scorer = weight.scorer(leaf)
            if scorer is not None:
                rows = leaf.reader().maxDoc()
                bits = java("org.apache.lucene.util.FixedBitSet")(rows)
                bits.or_(scorer.iterator())
                mask[leaf.docBase : leaf.docBase + rows] = bridge.from_bitset(bits, rows)
        return mask


class TextQuery:
    """What a query looks for in the text of one corpus.

    `asked` is what was typed; `query` ranks and is what highlights come from. `mask` is every match where Lucene
    alone cannot tell (a boolean query with fields in it).
    """

    def __init__(self, index: LexicalIndex, searcher: Any, asked: Any, query: Any, mask: Mask | None) -> None:
        self._asked = asked
        self._index = index
        self._searcher = searcher
        self._query = query
        self._mask = mask

    @property
    def is_empty(self) -> bool:
        """Whether analysis left nothing to look for: stop words and punctuation only."""
        return self._mask is None and boolean.is_empty(self._asked)

    def matches(self) -> Mask:
        """Every row that matches."""
        return self._index.matches(self._query) if self._mask is None else self._mask

    def ranked(self, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The best k of the allowed rows and their BM25 scores, ties by row."""
        if self._mask is None:
            return self._index.ranked(self._searcher, self._query, k, allowed)
        allowed = self._mask if allowed is None else self._mask & allowed
        rows, scores = self._index.ranked(self._searcher, self._query, k, allowed)
        if len(rows) < k:
            # Rows that only fields have found: no score, so by row behind the others.
            rest = np.setdiff1d(np.flatnonzero(allowed), rows)[: k - len(rows)]
            rows, scores = np.append(rows, rest), np.append(scores, np.zeros(len(rest), dtype=np.float32))
        return rows, scores

    def spans(self, texts: Sequence[str]) -> list[Spans]:
        """What matched in each text, as sorted, disjoint code-point offsets."""
        return find_spans(boolean.any_of(boolean.text_leaves(self._query)), self._index.analyzer, texts)


@cache
def _bag_of_words() -> Any:
    return java("io.anserini.search.query.BagOfWordsQueryGenerator")()


def _make_searcher(reader: Any, k1: float, b: float) -> Any:
    searcher = java("org.apache.lucene.search.IndexSearcher")(reader)
    searcher.setSimilarity(java("org.apache.lucene.search.similarities.BM25Similarity")(k1, b))
    searcher.setQueryCache(None)
    return searcher


def _close(reader: Any) -> None:
    java("java.lang.Thread")  # the collector runs in any thread: note its end, as for every other call
    reader.close()


def _open_parts(parts: Sequence[Path], rows: Sequence[int]) -> list[Any]:
    """A reader of each part; none stays open when one cannot be had."""
    readers: list[Any] = []
    with contextlib.ExitStack() as opened:
        for path, n in zip(parts, rows, strict=True):
            reader = _open_part(path)
            opened.callback(reader.close)
            if reader.maxDoc() != n:
                raise CorpusDamaged(f"The Lucene index {path} holds {reader.maxDoc()} documents, not {n}.")
            readers.append(reader)
        opened.pop_all()
    return readers


def _open_part(path: Path) -> Any:
    # Java's own folder is the one in which it was started, wherever this process is by now.
    place = java("java.nio.file.Paths").get(str(path.absolute()))
    try:
        directory = java("org.apache.lucene.store.FSDirectory").open(place)
        return java("org.apache.lucene.index.DirectoryReader").open(directory)
    except java("java.io.IOException") as error:
        raise CorpusDamaged(f"The Lucene index {path} cannot be read ({error.getMessage()}).") from None


def _score_leaf(weight: Any, leaf: Any, collector: Any, allowed: Mask) -> None:
    """Collect the allowed documents of one part."""
    rows = leaf.reader().maxDoc()
    scorer = weight.bulkScorer(leaf)
    if scorer is None:
        return
    bits = bridge.to_bitset(allowed[leaf.docBase : leaf.docBase + rows])
    # A collector says by this exception that no better document can come.
    with contextlib.suppress(java("org.apache.lucene.search.CollectionTerminatedException")):
        scorer.score(collector.getLeafCollector(leaf), bits, 0, rows)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidQuery(f"The query holds half a character (a lone surrogate) at place {error.start + 1}.") from None
