"""From text to terms: Anserini's analyzer of each language, the same for documents and queries."""

from __future__ import annotations

from functools import cache
from typing import Any

from corpuscope.errors import UsageError
from corpuscope.lexical.jvm import java

#: The Lucene field that holds title and text, named as Anserini names it.
CONTENTS = "contents"
ID = "id"


@cache
def get_analyzer(language: str) -> Any:
    """The Lucene analyzer of a language code; raises UsageError for a code that has none."""
    if language == "en":
        return java("io.anserini.analysis.DefaultEnglishAnalyzer").newDefaultInstance()
    if language in get_languages():
        return java("io.anserini.analysis.AnalyzerMap").getLanguageSpecificAnalyzer(language)
    if language == "auto":
        raise UsageError(f"This version analyses one language per corpus, not 'auto'; give one of {_listed()}.")
    raise UsageError(f"There is no analyzer for the language {language!r}; give one of {_listed()}.")


@cache
def get_languages() -> frozenset[str]:
    """The language codes that have an analyzer."""
    analyzers = java("io.anserini.analysis.AnalyzerMap").analyzerMap
    # Thai has no spaces, and not every Java runtime has the dictionary that finds its words.
    missing = set() if java("org.apache.lucene.analysis.th.ThaiTokenizer").DBBI_AVAILABLE else {"th"}
    return frozenset({"en", *map(str, analyzers.keySet())} - missing)


def _listed() -> str:
    return ", ".join(sorted(get_languages()))
