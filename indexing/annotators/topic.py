"""What a page is about: one of WebOrganizer's 24 topics, and how sure that is."""

from __future__ import annotations

from indexing.annotators.page_classes import Told, annotator_of

TOPIC = annotator_of(
    "topic",
    Told(
        good="An estimate: right on @T1@ of 863 pages held out from training (@T2@), on @T3@ without their addresses.",
        believed="Calibrated on whole pages: on those held out it is off by @T4@ on average; it is too sure of short texts.",
    ),
)
