"""What a page is about: one of WebOrganizer's 24 topics, and how sure that is."""

from __future__ import annotations

from indexing.annotators.page_classes import Told, annotator_of

TOPIC = annotator_of(
    "topic",
    Told(
        good="An estimate: right on .. of .. held-out pages",
        believed="Calibrated",
    ),
)
