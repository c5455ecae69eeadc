"""What kind of page it is: one of WebOrganizer's 24 formats, and how sure that is."""

from __future__ import annotations

from indexing.annotators.page_classes import Told, annotator_of

FORMAT = annotator_of(
    "format",
    Told(
        good="An estimate: right on @F1@ of 863 pages held out from training (@F2@), on @F3@ without their addresses.",
        believed="Calibrated on whole pages: on those held out it is off by @F4@ on average; it is too sure of short texts.",
    ),
)
