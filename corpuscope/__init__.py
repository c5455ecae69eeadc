"""Corpuscope."""
