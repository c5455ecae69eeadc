"""Signals of texts: loops over characters and words, compiled.

What an annotator imports from here it imports inside its `annotate`: numba is slow to import, and only jobs need it.
"""
