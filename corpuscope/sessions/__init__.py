"""Explorations that save themselves: steps, notes, labels, bookmarks and exports, and what has changed since."""
