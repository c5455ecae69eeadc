import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexing.layouts import LAYOUTS, choose, field_name
from tests.indexing.reading import read, write_lines

RECORDS = {
    "C4": {"text": "t", "timestamp": "2019-04-25T12:57:54Z", "url": "http://a.org/x"},
    "FineWeb": {
        "text": "t", "id": "<urn:uuid:1>", "dump": "CC-MAIN-2013-20", "url": "http://a.org/x",
        "date": "2013-05-18T05:10:43Z",
        "file_path": "s3://x", "language": "en", "language_score": 0.9, "token_count": 3,
    },
    "FineWeb-Edu": {
        "text": "t", "id": "<urn:uuid:1>", "dump": "CC-MAIN-2013-20", "url": "http://a.org/x", "file_path": "s3://x",
        "language": "en", "language_score": 0.9, "token_count": 3, "score": 2.7, "int_score": 3,
    },
    "FineWeb-2": {
        "text": "t", "id": "<urn:uuid:1>", "dump": "CC-MAIN-2013-20", "url": "http://a.org/x",
        "date": "2013-05-18T05:10:43Z",
        "file_path": "s3://x", "language": "deu", "language_score": 0.9, "language_script": "Latn",
        "minhash_cluster_size": 3, "top_langs": '{"deu_Latn_score": 0.9}',
    },
    "RedPajama-V2": {
        "url": "http://a.org/x", "date_download": "2023-01-26T22:47:40Z", "digest": "sha1:X", "length": 1, "nlines": 1,
        "source_domain": "a.org", "title": "T", "raw_content": "t", "cc_segment": "crawl-data/CC-MAIN-2023-06/x.wet.gz",
        "original_nlines": 1, "original_length": 1, "language": "en", "language_score": 0.9, "perplexity": 3.5,
        "bucket": "head",
    },
    "SlimPajama": {"text": "t", "meta": {"redpajama_set_name": "RedPajamaBook"}},
    "The Pile": {"text": "t", "meta": {"pile_set_name": "ArXiv"}},
    "Dolma": {
        "id": "d1", "text": "t", "source": "reddit", "added": "2023-04-11T09:57:03.044571+00:00",
        "created": "2020-01-01T00:00:00.000Z", "metadata": {"subreddit": "x", "url": "http://a.org/x"},
    },
    "DCLM": {
        "text": "t", "url": "http://a.org/x", "warcinfo": "robots: classic",
        "language_id_whole_page_fasttext": {"en": 0.9},
        "metadata": {"WARC-Date": "2013-05-18T05:10:43Z", "WARC-Record-ID": "<urn:uuid:1>"},
        "fasttext_openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train_prob": 0.05,
    },
    "Common Corpus": {
        "identifier": "i1", "collection": "Gutenberg", "open_type": "Open Culture", "license": "Public Domain",
        "date": 1650.0, "title": "T", "creator": "C", "language": "English", "word_count": 3, "text": "t",
    },
    "QuRatedPajama": {
        "text": "t", "writing_style_average": 0.1, "facts_and_trivia_average": 0.1, "educational_value_average": 0.1,
        "required_expertise_average": 0.1, "writing_style_chunks": [0.1, 0.2], "length": 3, "chunk_lengths": [1, 2],
        "input_ids": [5, 6], "document_index": 1, "document_position": 0, "source_domain": "RedPajamaC4",
    },
    "ROOTS": {"text": "t", "meta": "{'url': 'http://a.org'}"},
}  # fmt: skip

EXPECTED = {
    "C4": {"url": "http://a.org/x", "timestamp": "2019-04-25T12:57:54Z", "source": "x"},
    "FineWeb": {"id": "<urn:uuid:1>", "source": "CC-MAIN-2013-20", "dump": "CC-MAIN-2013-20", "token_count": 3},
    "FineWeb-Edu": {"source.score": 2.7, "int_score": 3},
    "FineWeb-2": {"language_script": "Latn", "minhash_cluster_size": 3},
    "RedPajama-V2": {"title": "T", "perplexity": 3.5, "source": "crawl-data/CC-MAIN-2023-06/x.wet.gz"},
    "SlimPajama": {"source": "RedPajamaBook", "meta.redpajama_set_name": "RedPajamaBook"},
    "The Pile": {"source": "ArXiv", "meta.pile_set_name": "ArXiv"},
    "Dolma": {"id": "d1", "source": "reddit", "metadata.subreddit": "x", "url": "http://a.org/x"},
    "DCLM": {"id": "<urn:uuid:1>", "language_id_whole_page_fasttext.en": 0.9},
    "Common Corpus": {"id": "i1", "identifier": "i1", "source": "Gutenberg", "date_original": "1650.0", "title": "T"},
    "QuRatedPajama": {"source": "RedPajamaC4", "writing_style_chunks": [0.1, 0.2], "input_ids": [5, 6]},
    "ROOTS": {"meta": "{'url': 'http://a.org'}"},
}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("name", RECORDS)
def test_published_layouts_are_known_by_their_columns(tmp_path, name, form):
    path = tmp_path / f"x.{form}"
    if form == "jsonl":
        write_lines(path, [RECORDS[name]])
    else:
        pq.write_table(pa.Table.from_pylist([RECORDS[name]]), path)
    found = read(tmp_path, path)
    row = found.rows[0]
    assert found.settled.sources[0]["layouts"] == [name]
    assert row["text"] == "t"
    assert {key: row[key] for key in EXPECTED[name]} == EXPECTED[name]
    dated = {"C4": 2019, "FineWeb": 2013, "RedPajama-V2": 2023, "Dolma": 2020, "DCLM": 2013, "Common Corpus": 1650}
    if name in dated:
        assert row["date"].year == dated[name]


def test_every_layout_has_a_record_here():
    assert set(RECORDS) == {layout.name for layout in LAYOUTS}


def test_documented_fields_carry_their_meaning(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [RECORDS["FineWeb-Edu"]])
    meanings = {field.name: field.meaning for field in read(tmp_path, path).settled.fields}
    assert "FineWeb-Edu classifier" in meanings["source.score"]
    assert all(field in meanings for field in ("dump", "source", "url"))


def test_usual_names_are_found_in_any_case():
    roles = choose(["Title", "Content", "DOCNO", "Link", "Year"])
    assert (roles.text, roles.id, roles.url, roles.title, roles.date) == ("Content", "DOCNO", "Link", "Title", "Year")


def test_the_users_word_wins_and_the_other_text_is_kept(tmp_path):
    record = {"id": "1", "text": "short", "body": "long", "key": "k", "rank": 4}
    row = read(tmp_path, write_lines(tmp_path / "x.jsonl", [record]), text_field="body", id_field="key").rows[0]
    assert row == {"id": "k", "text": "long", "source": "x", "source.id": "1", "source.text": "short", "key": "k",
                   "source.rank": 4}  # fmt: skip


def test_a_published_name_is_kept_unless_a_canonical_field_says_it_all():
    roles = choose(["text", "url", "timestamp", "row"])
    assert [field_name(name, roles) for name in ("text", "url", "timestamp", "row")] == [
        None,
        None,
        "timestamp",
        "source.row",
    ]


@pytest.mark.parametrize("columns", [["Text", "text", "ID", "id"], ["text", "Text", "id", "ID"]])
def test_a_column_in_lower_case_wins_over_its_other_spellings(columns):
    roles = choose(columns)
    assert (roles.text, roles.id) == ("text", "id")
    assert choose(["Text", "content"]).text == "Text"
