"""The page about models names every annotator that evaluates one, with its fields and the published model."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexing.annotators import ANNOTATORS, Annotator, celadon, dclm_fasttext, fineweb_edu

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "models.md").read_text("utf-8")
MODELS = [annotator for annotator in ANNOTATORS if annotator.open is not None]


@pytest.mark.parametrize("annotator", MODELS, ids=lambda a: a.name)
def test_every_model_has_a_row_with_its_fields(annotator: Annotator) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{annotator.name}`")]
    for field in annotator.fields:
        ending = field.name.removeprefix(annotator.name)
        known = (f"`{field.name}`", f"`{ending}`")
        assert any(name in row for name in known) or (annotator.name == "dataman" and "fourteen `dataman_*`" in row)


def test_the_published_models_are_named() -> None:
    for model in (fineweb_edu.MODEL, dclm_fasttext.MODEL, celadon.MODEL):
        assert f"`{model}`" in PAGE


@pytest.mark.parametrize("annotator", MODELS, ids=lambda a: a.name)
def test_fields_say_what_they_mean_where_they_are_from_and_how_far_to_trust_them(annotator: Annotator) -> None:
    for field in annotator.fields:
        assert field.meaning and field.source and field.caveat, field.name
        assert field.origin == annotator.name and field.name.startswith(annotator.name.partition("_")[0])
        if field.is_number:
            assert field.bins, field.name
        if field.range is not None and field.bins is not None:
            assert field.range[0] <= field.bins[0] and field.bins[-1] <= field.range[1] + (field.type == "int")
    named = annotator.described({"model": "organisation/model", "revision": "abc", "sha256": "0" * 64})
    assert all("organisation/model, revision abc" in field.source for field in named)
    folder = annotator.described({"sha256": "0" * 64})
    assert all("0" * 64 in field.source for field in folder)
