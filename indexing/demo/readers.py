"""From the bytes of a wheel's member to documents: one function a format."""

from __future__ import annotations

import bz2
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from xml.etree import ElementTree

from indexing.demo.wikitext import plain_text

#: A document before its source, licence and id are added; `key` is unique in the source.
Draft = dict[str, str]
Members = Mapping[str, bytes]

_LANGUAGES = {
    **{"bengali": "bn", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de"},
    **{"hebrew": "he", "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko"},
    **{"marathi": "mr", "oriya": "or", "persian": "fa", "portuguese": "pt", "russian": "ru", "spanish": "es"},
    **{"swedish": "sv", "tamil": "ta", "telugu": "te", "thai": "th", "traditionalchinese": "zh", "turkish": "tr"},
    **{"ukrainian": "uk", "urdu": "ur", "yoruba": "yo"},
}
#: Twitter's ids hold milliseconds since this instant above their lowest 22 bits.
_SNOWFLAKE_EPOCH_MS, _SNOWFLAKE_SHIFT = 1_288_834_974_657, 22


def read_news(members: Members) -> Iterator[Draft]:
    """News articles with title, date and link."""
    for row in _zipped_rows(members):
        yield {
            "key": row["article_id"],
            "text": row["text"],
            "title": row["title"],
            "subtitle": row["subtitle"],
            "url": row["article_source_link"].strip(),
            "date": _iso_date(row["publish_date"]),
            "lang": "en",
        }


def read_speeches(members: Members) -> Iterator[Draft]:
    """Parliamentary speeches of a ParlSpeech sample."""
    for row in _zipped_rows(members):
        known = {key: "" if value == "NA" else value.strip() for key, value in row.items()}
        yield {
            "key": known["parlspeech_row"],
            "text": row["text"],
            "title": known["agenda"],
            "date": known["date"],
            "speaker": known["speaker"],
            "party": known["party"],
            "parliament": known["parliament"],
        }


def read_tweets(members: Members) -> Iterator[Draft]:
    """Tweets, named `account-id`; the id tells when they were written."""
    for row in _zipped_rows(members):
        account, _, number = row["source_id"].rpartition("-")
        seconds = ((int(number) >> _SNOWFLAKE_SHIFT) + _SNOWFLAKE_EPOCH_MS) // 1000
        yield {
            "key": row["source_id"],
            "text": row["text"],
            "date": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "speaker": account,
        }


def read_wikipedia(members: Members) -> Iterator[Draft]:
    """Articles of a MediaWiki export; redirects and pages that are no articles are left out."""
    for _, page in ElementTree.iterparse(io.BytesIO(bz2.decompress(_only(members)))):
        if page.tag.rpartition("}")[2] != "page":
            continue
        found = {name: page.findtext(f"{{*}}{name}") or "" for name in ("id", "ns", "title")}
        markup = page.findtext("{*}revision/{*}text") or ""
        if found["ns"] == "0" and page.find("{*}redirect") is None and markup:
            yield {
                "key": found["id"],
                "text": plain_text(markup),
                "title": found["title"],
                "url": f"https://en.wikipedia.org/wiki/{found['title'].replace(' ', '_')}",
                "date": page.findtext("{*}revision/{*}timestamp") or "",
            }
        page.clear()


def read_conventions(members: Members) -> Iterator[Draft]:
    """Speeches by party."""
    for party in json.loads(_only(members)):
        name = party["name"]
        for i, speech in enumerate(party["speeches"]):
            title = f"Speech at the convention of 2012, {name}"
            yield {"key": f"{name}-{i}", "text": speech, "title": title, "date": "2012", "party": name}


def read_convention_table(members: Members) -> Iterator[Draft]:
    """Speeches with their speakers."""
    for i, row in enumerate(_rows(_only(members))):
        yield {
            "key": str(i),
            "text": row["text"],
            "title": f"{row['speaker']} at the {row['party'].capitalize()} convention of {row['year']}",
            "date": row["year"],
            "speaker": row["speaker"],
            "party": row["party"],
        }


def read_films(members: Members) -> Iterator[Draft]:
    """Plots and sentences of reviews, with the verdict of the review."""
    for i, row in enumerate(_rows(bz2.decompress(_only(members)))):
        title = row["movie_name"].replace("_", " ")
        yield {"key": str(i), "text": row["text"], "title": title, "category": row["category"]}


def read_dialogues(members: Members) -> Iterator[Draft]:
    """One topic a document: conversations, a line a turn, with an empty line between them."""
    import yaml

    for path, data in members.items():
        folder, topic = PurePosixPath(path).parts[-2:]
        topic = topic.removesuffix(".yml")
        conversations = yaml.safe_load(data)["conversations"]
        turns = ([talk] if isinstance(talk, str) else [str(turn) for turn in talk] for talk in conversations)
        yield {
            "key": f"{folder}-{topic}",
            "text": "\n\n".join("\n".join(talk) for talk in turns),
            "title": topic,
            "category": topic,
            "lang": _LANGUAGES.get(folder, ""),
        }


READERS: dict[str, Callable[[Members], Iterator[Draft]]] = {
    "news": read_news,
    "speeches": read_speeches,
    "tweets": read_tweets,
    "wikipedia": read_wikipedia,
    "conventions": read_conventions,
    "convention_table": read_convention_table,
    "films": read_films,
    "dialogues": read_dialogues,
}


def _only(members: Members) -> bytes:
    (data,) = members.values()
    return data


def _zipped_rows(members: Members) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(_only(members))) as archive:
        (name,) = archive.namelist()
        yield from _rows(archive.read(name))


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))


def _iso_date(date: str) -> str:
    """2017/2/7 -> 2017-02-07."""
    parts = date.strip().split("/")
    return "-".join(part.zfill(2) for part in parts) if len(parts) == 3 else ""
