"""The embedding job with a real, tiny model of sentence-transformers, in real workers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import corpuscope
from corpuscope import manifest as manifests
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery, UsageError
from corpuscope.query import Query
from indexing import maintenance
from indexing.build import add
from indexing.embedding import EmbedOptions, choose, foretell
from indexing.maintenance import compact, embed, suppress, verify
from indexing.models import devices
from indexing.progress import SilentProgress
from tests.conftest import build_corpus, write_jsonl
from tests.indexing.embedding import save_sentence_transformer
from tests.indexing.models.tiny_models import TEXTS

ROWS = [{"id": f"d{i}", "text": f"{TEXTS[i % 4]} {i} {'and more of it ' * (i % 6)}"} for i in range(30)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_sentence_transformer(
        tmp_path_factory.mktemp("model"), prompts={"query": "he said : ", "document": "that : "}
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return build_corpus(tmp_path / "corpus", ROWS, annotators=(), part_size=12)


def run(corpus: Corpus, model: Path, **options) -> manifests.Manifest:
    said: list[str] = []
    made = EmbedOptions(str(model), device="cpu", **options)
    return embed(corpus.folder, made, workers=1, progress=SilentProgress(), say=said.append)


def vectors_of(folder: Path, manifest: manifests.Manifest) -> np.ndarray:
    return np.concatenate([np.load(folder / p.vectors["model"].vectors.path) for p in manifest.parts])


def test_vectors_are_those_of_sentence_transformers_with_the_models_prompt_and_length(corpus, model):
    from sentence_transformers import SentenceTransformer

    manifest = run(corpus, model)
    reference = SentenceTransformer(str(model), device="cpu")
    texts = [d.text for d in corpus.documents.read(range(len(ROWS)))]
    expected = reference.encode(texts, prompt="that : ", normalize_embeddings=True)
    found = vectors_of(corpus.folder, manifest).astype(np.float32)
    assert (found * expected).sum(axis=1).min() > 0.999
    known = manifest.dense["model"].embedder
    assert known["prompts"] == {"document": "that : ", "query": "he said : "}
    assert (known["dimensions"], known["max_tokens"]) == (32, 32)
    assert "path" not in json.dumps(manifest.dense["model"].embedder)
    asked = corpuscope.open(corpus.folder).search(Query(text="the flood", mode="semantic", k=30))
    scores = {hit.id: hit.score for hit in asked.hits}
    query = reference.encode(["the flood"], prompt="he said : ", normalize_embeddings=True)[0]
    for i in range(30):
        assert scores[f"d{i}"] == pytest.approx(float(found[i] @ query), abs=2e-3)
    told = manifest.history[-1]["models"]["model"]
    assert told["documents"] == 30 and told["tokens"] > 300 and told["longer"] > 0
    assert [d for d in verify(corpus.folder) if not isinstance(d, manifests.FileEntry)] == []


def test_the_same_vectors_whatever_the_batch(corpus, model, tmp_path):
    other = build_corpus(tmp_path / "other", ROWS, annotators=(), part_size=30)
    small, large = run(corpus, model, batch_tokens=40), run(other, model, batch_tokens=100_000)
    a, b = vectors_of(corpus.folder, small), vectors_of(other.folder, large)
    assert (a.astype(np.float32) * b.astype(np.float32)).sum(axis=1).min() > 0.999


def test_parts_that_were_embedded_before_a_kill_are_not_embedded_again(corpus, model, monkeypatch):
    def killed(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="killed"):
        patch.setattr(maintenance, "commit", killed)
        run(corpus, model)
    assert not corpuscope.open(corpus.folder).manifest.dense
    made = sorted((corpus.folder / "parts").rglob("*.npy"))
    assert len(made) == 3
    content, written = made[1].read_bytes(), made[0].stat().st_mtime_ns
    made[1].unlink()
    manifest = run(corpus, model)
    assert made[0].stat().st_mtime_ns == written
    assert made[1].read_bytes() == content
    assert manifest.history[-1]["models"]["model"]["documents"] == 12


def test_added_documents_are_embedded_and_compacted_ones_go(corpus, model, tmp_path):
    run(corpus, model)
    more = write_jsonl(tmp_path / "more.jsonl", [{"id": f"n{i}", "text": f"{TEXTS[1]} {i}"} for i in range(5)])
    add(corpus.folder, [str(more)], workers=1, progress=SilentProgress())
    opened = corpuscope.open(corpus.folder)
    result = opened.search(Query(like=("n2",), mode="semantic", k=100))
    assert result.total == 34 and "n3" in {h.id for h in result.hits[:12]}
    before = {h.id: h.score for h in result.hits}
    suppress(corpus.folder, ["d0", "d13", "n3"])
    manifest, gone = compact(corpus.folder, workers=1, progress=SilentProgress())
    assert gone == 3
    assert all("model" in p.vectors for p in manifest.parts)
    after = corpuscope.open(corpus.folder).search(Query(like=("n2",), mode="semantic", k=100))
    assert {h.id: h.score for h in after.hits} == {i: s for i, s in before.items() if i not in ("d0", "d13", "n3")}


def test_a_hit_shows_its_best_passage(tmp_path, model):
    long = " ".join(f"word{i} and a quarter" for i in range(60)) + " the river rose and the flood took the mill"
    corpus = build_corpus(tmp_path / "long", [{"id": "long", "text": long}, *ROWS[:3]], annotators=())
    run(corpus, model, cut="passages")
    opened = corpuscope.open(corpus.folder)
    hit = opened.search(Query(text="x", mode="semantic", threshold=-1, k=10)).hits
    found = next(h for h in hit if h.id == "long")
    assert found.passage is not None
    start, end = found.passage
    assert 0 <= start < end <= len(long)
    assert long[start : start + 20] in long and found.snippet[:8] in long[start : end + 240]
    assert "passage" in opened.search(Query(text="x", mode="semantic")).to_json()["hits"][0]


def test_what_each_way_takes_is_foretold_and_nothing_is_written(corpus, model):
    from corpuscope.dense import embedders

    _, identity = embedders.describe(str(model))
    before = corpus.manifest.version
    ways = foretell(corpus.folder, corpus.manifest, identity, EmbedOptions(str(model), device="cpu"))
    assert [w.cut for w in ways] == ["first", "passages", "mean"]
    assert ways[0].vectors == 30 and ways[1].vectors > 30 and ways[2].vectors == 30
    assert all(w.seconds > 0 for w in ways) and ways[0].bytes == 30 * 64
    assert manifests.load(corpus.folder).version == before


def test_the_default_depends_on_size_and_device_and_says_why(monkeypatch):
    monkeypatch.setattr(devices, "devices", lambda asked: ("cpu",))
    assert choose("auto", 1_000, "auto")[0] == "minilm"
    name, why = choose("auto", 1_000_000, "auto")
    assert name == "static" and "1,000,000" in why
    monkeypatch.setattr(devices, "devices", lambda asked: ("cuda:0",))
    assert choose("auto", 1_000_000, "auto")[0] == "minilm"
    assert choose("static", 5, "auto")[0] == "static"


def test_bad_requests_leave_the_corpus_as_it_is(corpus, tmp_path):
    with pytest.raises(UsageError, match="There is no way 'half'"):
        EmbedOptions("minilm", cut="half")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="config.json"):
        run(corpus, tmp_path / "empty")
    with pytest.raises(UsageError, match="There is no folder"):
        run(corpus, "no such model")
    with pytest.raises(InvalidQuery, match="has no embeddings.*corpuscope embed"):
        corpus.search(Query(text="river", mode="semantic"))


def test_a_model_that_is_not_here_any_more_is_said(corpus, tmp_path):
    model = save_sentence_transformer(tmp_path / "gone")
    run(corpus, model)
    opened = corpuscope.open(corpus.folder)
    assert opened.search(Query(like=("d1",), mode="semantic")).total == 29  # examples need no model
    model.rename(tmp_path / "elsewhere")
    with pytest.raises(InvalidQuery, match="is not on this machine"):
        opened.search(Query(text="river", mode="semantic"))


def test_a_model_from_the_hub_is_had_with_its_modules_and_no_copies_of_its_weights(model, monkeypatch, tmp_path):
    """The hub is a folder here: what is asked of it by pattern is what would be downloaded."""
    from fnmatch import fnmatch

    from corpuscope.dense import embedders

    published = Path(shutil.copytree(model, tmp_path / "published"))
    (published / "onnx").mkdir()
    (published / "onnx" / "model.safetensors").write_bytes(b"another format of the same weights")
    asked: list[tuple[str, str | None]] = []

    def snapshot_download(name, *, revision, allow_patterns, ignore_patterns):
        asked.append((name, revision))
        target = tmp_path / "snapshots" / "0123456789abcdef"
        for path in (p for p in sorted(published.rglob("*")) if p.is_file()):
            inside = path.relative_to(published).as_posix()
            if any(fnmatch(inside, p) for p in allow_patterns) and not any(fnmatch(inside, p) for p in ignore_patterns):
                (target / inside).parent.mkdir(parents=True, exist_ok=True)
                (target / inside).write_bytes(path.read_bytes())
        return str(target)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    name, identity = embedders.describe("organisation/tiny-model")
    assert name == "organisation-tiny-model"
    assert (identity["model"], identity["revision"]) == ("organisation/tiny-model", "0123456789abcdef")
    assert (tmp_path / "snapshots" / "0123456789abcdef" / "1_Pooling" / "config.json").exists()
    assert not (tmp_path / "snapshots" / "0123456789abcdef" / "onnx").exists()
    embedders.open_embedder(identity)
    # Opened again at the revision that was recorded.
    assert asked[-1] == ("organisation/tiny-model", "0123456789abcdef")
