"""Forty documents with known answers: what the tests know about them stands here."""

from __future__ import annotations

from typing import Any

SUBJECTS = ["rivers and floods", "mountains", "mountains"]
TOPICS = ["science", "politics", "sports", 'Law, Order & "Crime"']

#: Odd documents, each for one trap.
ODD: list[dict[str, Any]] = [
    {"id": "u2028", "text": "first line\u2028second line\u0085third line about rivers", "topic": "odd"},
    {"id": "nul", "text": "before\x00after the dam", "topic": "odd"},
    {"id": "astral", "text": "\U0001f600\U0001f600 emoji then river banks and \U0001f30a waves", "topic": "odd"},
    {"id": "rtl", "text": "שלום עולם and a river in Hebrew \u202egnp.exe", "topic": "odd"},
    {"id": "combining", "text": "cafe\u0301 by the river Vltava", "topic": "odd"},
    {"id": "html", "text": "<script>alert(1)</script> ![x](http://evil.example/p.png) river **bold**", "topic": "odd"},
    {"id": "mail", "text": "Write to jane.roe@rivers.org or call +1 415-555-2671 about the river.", "topic": "odd"},
    {"id": "placeholder", "text": "Write to email@example.com about the river.", "topic": "odd"},
    {"id": "crlf", "text": "line one\r\nline two\r\n", "topic": "odd"},
    {"id": "=cmd", "text": '=1+1 formula with "quotes", commas', "topic": "odd"},
]

_PLAIN = [
    {
        "id": f"doc-{i}",
        "text": f"Document {i} about {SUBJECTS[i % 3]} in the {('south', 'north')[i % 2]}.",
        "title": f"Title {i}",
        "topic": TOPICS[i % 4],
        "score_a": i / 10 if i % 5 else None,
        "rank_b": i,
        "tags": [["red"], ["red", "blue"], ["blue", "blue", "green"], []][i % 4],
        "good": bool(i % 2),
        "date": f"20{10 + i % 8}-0{1 + i % 9}-15",
        "url": f"https://site{i % 3}.example.net/page/{i}",
        "meta": {"Origin Name": "a" if i % 2 else "B"},
    }
    for i in range(29)
]

TINY: list[dict[str, Any]] = [
    *_PLAIN,
    *ODD,
    {"id": "doc-0", "text": "A repeated id, kept as another document.", "topic": "odd"},
]
