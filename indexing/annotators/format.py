"""What kind of page it is: one of WebOrganizer's 24 formats, and how sure that is."""

from __future__ import annotations

from indexing.annotators.page_classes import Told, annotator_of

FORMAT = annotator_of(
    "format",
    Told(
        good="An estimate: right on .. of .. held-out pages",
        believed="Calibrated",
    ),
)
