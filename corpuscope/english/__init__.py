"""Cutting English text into words and sentences as the quality filters of datatrove do: with the rules of spaCy."""
