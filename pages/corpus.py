"""The Corpus page: what is in the corpus and what was left out."""

from pages.widgets.corpus_page import corpus_page

corpus_page()
