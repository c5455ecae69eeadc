"""Hand-made files in the shape of every published system."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.errors import CorpuscopeError
from indexing.published.dataman import CRITERIA, DOMAINS
from indexing.published.dclm import PROBABILITY
from indexing.taxonomy import FORMATS, TOPICS
from tests.conftest import write_jsonl
from tests.indexing.published.reading import read


def parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_qurating_averages_stay_and_windows_are_weighted_by_their_tokens(tmp_path: Path) -> None:
    rows = [
        {"text": "a", "writing_style_average": 1.5, "educational_value_average": -2.0,
         "writing_style_chunks": [1.0, 4.0], "chunk_lengths": [512, 256], "input_ids": [1, 2], "cluster_id": 7},
        {"text": "b", "writing_style_average": None, "educational_value_average": float("nan"),
         "writing_style_chunks": [3.0], "chunk_lengths": [10, 20], "input_ids": [3], "cluster_id": 8},
        {"text": "c", "writing_style_average": 0.0, "educational_value_average": 1.0,
         "writing_style_chunks": [], "chunk_lengths": [], "input_ids": [], "cluster_id": 9},
    ]  # fmt: skip
    found = read(parquet(tmp_path / "q.parquet", rows))
    assert found.origin == "qurating_published"
    assert found["writing_style_average"] == [1.5, None, 0.0]
    assert found["educational_value_average"] == [-2.0, None, 1.0]
    assert found["writing_style_chunks.mean"] == [2.0, None, None]
    assert (found["writing_style_chunks.min"], found["writing_style_chunks.max"]) == ([1, 3, None], [4, 3, None])
    assert found.rejected == {"not_a_finite_number": 1, "other_number_of_chunk_lengths": 1}
    assert "windows" in found.fields["writing_style_chunks.mean"].caveat and "input_ids" in found.found.left_out


def answers(domain: Any = "C", **changed: Any) -> dict[str, Any]:
    return {
        "text": "t",
        "document_index": "C4_1",
        "application_domain": domain,
        **dict.fromkeys(CRITERIA, "4"),
    } | changed


def test_dataman_answers_are_numbers_and_a_domain_by_letter_and_name(tmp_path: Path) -> None:
    found = read(write_jsonl(tmp_path / "d.jsonl", [answers(), answers("Retail E-commerce", accuracy=" 5 ")]))
    assert found.origin == "dataman_published"
    assert found["application_domain"] == ["C", "L"]
    assert found["application_domain.name"] == ["Law", "Retail E-commerce"]
    assert found["accuracy"] == [4, 5] and found["overall_score"] == [4, 4] and found["parse_error"] == [False, False]
    assert len(DOMAINS) == 15 and len(CRITERIA) == 14


def test_a_dataman_answer_that_may_not_be_is_null_and_a_parse_error(tmp_path: Path) -> None:
    rows = [answers("P"), answers(accuracy="6"), answers(accuracy="good"), answers(accuracy=None), answers()]
    found = read(write_jsonl(tmp_path / "d.jsonl", rows))
    assert found["parse_error"] == [True, True, True, True, False]
    assert found["accuracy"] == [4, None, None, None, 4] and found["application_domain"][0] is None
    assert found.rejected == {"unknown_label": 1, "out_of_range": 1, "not_a_number": 1}


@pytest.mark.parametrize(("folder", "origin"), [("attributes/bff/part", "dolma_bff"), ("elsewhere", "dolma_exp")])
def test_dolma_attributes_have_the_name_of_their_folder_or_experiment(folder: str, origin: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    rows = [{"id": "a", "attributes": {"exp__tagger__hate": [[0, 4, 0.5]]}}]
    found = read(write_jsonl(tmp_path / folder / "0.jsonl", rows), lengths=[4])
    assert found.origin == f"{origin}_published" and found["exp__tagger__hate"] == [0.5]


def test_dolma_spans_inside_texts_become_mean_extremes_number_and_extent(tmp_path: Path) -> None:
    spans = [[[0, 4, 0.5], [4, 10, 1.0]], [[2, 3, None]], [], [[0, 10, 0.25]]]
    rows = [{"id": str(i), "attributes": {"t__s": s, "t__flat": 0.1 * i}} for i, s in enumerate(spans)]
    found = read(write_jsonl(tmp_path / "a.jsonl", rows), lengths=[10, 10, 10, 10])
    assert found["t__s.mean"] == [0.75, None, None, 0.25] and found["t__s.min"] == [0.5, None, None, 0.25]
    assert found["t__s.max"] == [1.0, None, None, 0.25] and found["t__s.spans"] == [2, 1, 0, 1]
    assert found["t__s.characters"] == [10, 1, None, 10]
    assert found["t__flat"] == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_one_span_a_text_that_does_not_end_with_it_is_no_rating_of_the_document(tmp_path: Path) -> None:
    rows = [{"id": str(i), "attributes": {"t__s": [[0, 4, 0.5]]}} for i in range(4)]
    path = write_jsonl(tmp_path / "a.jsonl", rows)
    assert set(read(path, lengths=[4, 4, 4, 4]).columns) == {"t__s"}
    assert "t__s.mean" in read(path, lengths=[4, 40, 40, 40]).columns


def test_fineweb_columns_of_three_data_sets(tmp_path: Path) -> None:
    edu = read(parquet(tmp_path / "edu.parquet", [{"id": "a", "score": 2.7, "int_score": 3, "token_count": 9}]))
    assert edu.origin == "fineweb_edu_published" and edu["score"] == [2.7] and edu["int_score"] == [3]
    second = read(parquet(tmp_path / "two.parquet", [
        {"id": "a", "language_script": "Latn", "minhash_cluster_size": 12, "top_langs": "{}", "language_score": 0.9}
    ]))  # fmt: skip
    assert second.origin == "fineweb_2_published" and second["minhash_cluster_size"] == [12]
    first = read(parquet(tmp_path / "one.parquet", [{"id": "a", "language_score": 1.5, "token_count": 10}]))
    assert first.origin == "fineweb_published" and first.rejected == {"out_of_range": 1}


def test_dclm_probabilities_are_found_by_their_long_name(tmp_path: Path) -> None:
    row = {"text": "t", "url": "u", PROBABILITY: 0.03, "language_id_whole_page_fasttext": {"en": 0.9},
           "metadata": {"WARC-Record-ID": "<urn:uuid:1>"}}  # fmt: skip
    found = read(parquet(tmp_path / "d.parquet", [row]))
    assert found.origin == "dclm_published" and found[PROBABILITY] == [0.03]
    assert found["language_id_whole_page_fasttext.en"] == [0.9]
    assert found.found.ids().to_pylist() == ["<urn:uuid:1>"]


def test_essential_web_keeps_its_dotted_names(tmp_path: Path) -> None:
    row = {
        "id": -12, "text": "t", "metadata": {"url": "u"},
        "eai_taxonomy": {"education_level": {"primary": {"code": "-1", "label": "Abstain"}}},
        "quality_signals": {"red_pajama_v2": {"rps_doc_word_count": 12}, "fasttext": {"dclm": 0.5, "english": 1.5}},
    }  # fmt: skip
    found = read(parquet(tmp_path / "e.parquet", [row]))
    assert found.origin == "essential_web_published" and found.found.ids().to_pylist() == ["-12"]
    assert found["eai_taxonomy.education_level.primary.label"] == ["Abstain"]
    assert found["quality_signals.red_pajama_v2.rps_doc_word_count"] == [12.0]
    assert found["quality_signals.fasttext.english"] == [None] and "metadata.url" in found.found.left_out


def test_nemo_curator_columns_and_a_comma_list_of_risks(tmp_path: Path) -> None:
    rows = [{"id": "a", "quality_pred": "High", "aegis_pred": "O1, O3", "bucketed_results": 12},
            {"id": "b", "quality_pred": "Low", "aegis_pred": "safe", "bucketed_results": 21},
            {"id": "c", "quality_pred": None, "aegis_pred": "O99", "bucketed_results": 1.5}]  # fmt: skip
    found = read(write_jsonl(tmp_path / "n.jsonl", rows))
    assert found.origin == "nemo_curator_published" and found["quality_pred"] == ["High", "Low", None]
    assert found["aegis_pred"] == [["O1", "O3"], ["safe"], None] and found["bucketed_results"] == [12, None, None]
    assert found.rejected == {"unknown_label": 1, "out_of_range": 1, "not_a_whole_number": 1}


def test_datatrove_reasons_statistics_and_clusters(tmp_path: Path) -> None:
    meta = {"filter_reason": "gopher_short_doc", "n_words": 4, "fasttext_en": 0.9, "url": "u"}
    kept = read(write_jsonl(tmp_path / "k.jsonl", [{"id": "a", "text": "t", "metadata": meta}]))
    assert kept.origin == "datatrove_published"
    assert kept.columns == {"filter_reason": ["gopher_short_doc"], "n_words": [4], "fasttext_en": [0.9]}
    clusters = read(parquet(tmp_path / "c.parquet", [{"id": "a", "minhash_cluster_id": 3, "minhash_cluster_size": 2}]))
    assert clusters.origin == "duplicate_clusters_published" and clusters["minhash_cluster_size"] == [2]


def test_documents_that_share_a_band_are_one_cluster_through_others_too(tmp_path: Path) -> None:
    bands = [[b"a", b"b"], [b"x", b"b"], [b"x", b"y"], [b"b", b"a"], None, []]
    rows = [{"shard_id": "s", "id": str(i), "id_int": i, "signature_sim0.8": band} for i, band in enumerate(bands)]
    found = read(parquet(tmp_path / "en_head.minhash.parquet", rows))
    assert found.origin == "redpajama_v2_minhash_published"
    assert found["minhash_cluster_id_0.8"] == [0, 0, 0, 3, None, None]
    assert found["minhash_cluster_size_0.8"] == [3, 3, 3, 1, None, None]


@given(bands=st.lists(st.none() | st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=12))
def test_clusters_equal_those_of_a_plain_search(bands: list[list[int] | None], tmp_path_factory: Any) -> None:
    rows = [{"id": str(i), "signature_sim0.7": b and [bytes([n]) for n in b]} for i, b in enumerate(bands)]
    schema = pa.schema([("id", pa.string()), ("signature_sim0.7", pa.list_(pa.binary()))])
    path = tmp_path_factory.mktemp("minhash") / "m.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    cluster = list(range(len(bands)))
    for _ in bands:  # as often as a chain can be long
        for i, one in enumerate(bands):
            for j, other in enumerate(bands):
                if one and other and any(a == b for a, b in zip(one, other, strict=True)):
                    cluster[j] = cluster[i] = min(cluster[i], cluster[j])
    assert read(path)["minhash_cluster_id_0.7"] == [c if b else None for c, b in zip(cluster, bands, strict=True)]


def test_arrays_of_several_shards_stand_one_behind_the_other(tmp_path: Path) -> None:
    for folder, shards in {
        "domains_topics": [[0, 19], [23, 24]], "domains_formats": [[1], [6, 13, 23]],
        "scores_dclm-fasttext": [[0.5, 0.25], [np.nan, 1.0]],
    }.items():  # fmt: skip
        (tmp_path / folder).mkdir()
        for number, values in enumerate(shards):
            np.save(tmp_path / folder / f"{number:03d}__choice.npy", np.array(values))
    found = read(tmp_path)
    assert found.origin == "weborganizer_published"
    assert found["topic"] == [TOPICS[0], "Science, Math & Technology", "Travel & Tourism", None]
    assert found["format"] == [FORMATS[1], "Truncated", "News (Org.)", "User Review"]
    assert found["scores_dclm-fasttext"] == [0.5, 0.25, None, 1.0]
    assert found.rejected == {"unknown_label": 1, "not_a_finite_number": 1}


def test_logits_give_the_confidence_of_the_choice(tmp_path: Path) -> None:
    logits = np.random.default_rng(0).normal(size=(5, 24)).astype(np.float16)
    np.save(tmp_path / "domains_topics__logits.npy", logits)
    found = read(tmp_path / "domains_topics__logits.npy")
    for told, row in zip(found["topic.confidence"], logits.astype(float).tolist(), strict=True):
        assert told == pytest.approx(math.exp(max(row)) / sum(map(math.exp, row)))


def test_arrays_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "domains_topics.npy", np.array([1, 2, 3]))
    np.save(tmp_path / "domains_formats.npy", np.array([1, 2]))
    with pytest.raises(CorpuscopeError, match="'domains_topics' hold 3 values and those of 'domains_formats' 2"):
        read(tmp_path)
    np.save(tmp_path / "words.npy", np.array(["a"]))
    with pytest.raises(CorpuscopeError, match=r"words.npy holds <U1 values \(1\); ratings are numbers"):
        read(tmp_path / "words.npy")


def test_any_other_table_keeps_its_columns_and_types(tmp_path: Path) -> None:
    rows = "id,text,mine,grade,ok,note\na,t,1,0.5,true,x\nb,t,2,nan,false,\n"
    (tmp_path / "My ratings.csv").write_text(rows)
    found = read(tmp_path / "My ratings.csv")
    assert found.origin == "my_ratings_published" and list(found.found.left_out) == []
    assert found.columns == {"mine": [1, 2], "grade": [0.5, None], "ok": [True, False], "note": ["x", None]}
    assert found.rejected == {"not_a_finite_number": 1}


def test_a_column_that_turns_up_late_or_changes_its_type_is_whole(tmp_path: Path) -> None:
    lines = [{"id": str(i), "grade": i} for i in range(3000)] + [
        {"id": "z", "grade": 0.5, "late": "yes", "tags": ["a"]}
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, lines)))
    found = read(tmp_path / "many.jsonl")
    assert found["grade"] == [*map(float, range(3000)), 0.5]
    assert found["late"] == [None] * 3000 + ["yes"] and found["tags"] == [None] * 3000 + [["a"]]


def test_shards_of_an_unknown_table_are_one_set_of_ratings(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for number in range(2):
        parquet(tmp_path / "mine" / f"part-{number}.parquet", [{"id": str(number), "grade": number}])
    found = read(tmp_path / "mine")
    assert found.origin == "mine_published" and found["grade"] == [0, 1]
