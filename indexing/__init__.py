"""Offline jobs: they read sources and write a corpus."""
