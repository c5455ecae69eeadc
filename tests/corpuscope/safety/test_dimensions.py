"""Which fields flag documents, how, and from where on."""

import pytest

from corpuscope.fields import Field
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import dimensions


def one(name: str, type_: str = "double", **more: object) -> list[str]:
    """The usual filter of the field, when it is a dimension."""
    field = Field(name=name, type=type_, **more)  # type: ignore[arg-type]
    return [str(d.flag()) for d in dimensions([field])]


@pytest.mark.parametrize(
    ("name", "type_", "flag"),
    [
        ("toxicity", "double", "toxicity>=0.5"),
        ("toxicity_words", "int", "toxicity_words>=1"),
        ("severe_toxicity", "double", "severe_toxicity>=0.5"),
        ("identity_attack", "double", "identity_attack>=0.5"),
        ("sexual_explicit", "double", "sexual_explicit>=0.5"),
        ("celadon_race_origin", "int", "celadon_race_origin>=2"),
        ("celadon_total", "int", "celadon_total>=4"),
        ("celadon_label", "text", "celadon_label=Mild,Toxic"),
        ("rps_doc_ut1_blacklist", "int", "rps_doc_ut1_blacklist?"),
        ("dolma__jigsaw_hatespeech_document_v2____label__toxic", "double", None),
        ("exp__jigsaw_nsfw_document_v1____label__nsfw.max", "double", None),
        ("sensitivity", "int", "sensitivity<=2"),
        ("toxic", "bool", "toxic=true"),
    ],
)
def test_a_field_flags_as_its_line_says(name: str, type_: str, flag: str | None):
    assert one(name, type_) == [flag or f"{name}>=0.4"]


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("grade", "double"),
        ("toxicity", "text"),
        ("toxicity_spans", "text"),
        ("jigsaw_hatespeech_document_v2____label__non_toxic", "double"),
        ("jigsaw_nsfw_document_v1____label__sfw", "double"),
        ("jigsaw_nsfw_sentence____label__nsfw.min", "double"),
        ("celadon_label", "int"),
    ],
)
def test_other_fields_flag_nothing(name: str, type_: str):
    assert one(name, type_) == []
    assert one("toxicity", "double", multi=True) == []


def test_the_origin_in_front_of_a_name_does_not_matter():
    assert one("perspective_published.insult", "double", origin="perspective_published") == [
        "perspective_published.insult>=0.5"
    ]


def test_a_cut_turns_round_and_leaves_unscored_documents_unflagged():
    (toxicity,) = dimensions([Field(name="toxicity", type="double")])
    assert (str(Cut(toxicity).kept), str(Cut(toxicity).dropped)) == ("toxicity!=0.5..", "toxicity>=0.5")
    turned = Cut(toxicity, "0.7", inverse=True)
    assert (str(turned.kept), str(turned.dropped)) == ("toxicity>=0.7", "toxicity!=0.7..")
    (low,) = dimensions([Field(name="sensitivity", type="int")])
    assert str(Cut(low).kept) == "sensitivity!=..2"
