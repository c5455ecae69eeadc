"""Exports: the selected subset as a file, its recipe, and the replay of one."""
