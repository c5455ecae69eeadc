"""Which fields are ratings."""

from corpuscope.corpus import Corpus
from corpuscope.fields import Field
from corpuscope.ratings.kinds import rating_groups


def names(*fields: Field) -> dict[str, list[str]]:
    return {g.name: [f.name for f in g.fields] for g in rating_groups(fields)}


def test_numbers_and_flags_are_ratings_but_not_ids_dates_and_lengths():
    made = {"origin": "maker"}
    fields = [
        Field(name="score", type="double"),
        Field(name="flagged", type="bool"),
        Field(name="share", type="double", **made),
        *(Field(name=n, type="int") for n in ("article_id", "line", "month", "tokens")),
        Field(name="born", type="int", unit="year"),
        Field(name="words", type="int", **made),
        Field(name="maker.words", type="int", **made),
        Field(name="scores", type="double", multi=True),
        Field(name="topic", type="text"),
        Field(name="date", type="timestamp"),
        Field(name="bookmark", type="bool", origin="session"),
    ]
    assert names(*fields) == {"maker": ["share"], "source": ["score", "flagged"]}


def test_a_decision_leads_the_values_of_its_system():
    made = {"origin": "rules"}
    fields = [
        Field(name="stars", type="int"),
        Field(name="c4_lines", type="int", **made),
        Field(name="c4", type="text", **made),
        Field(name="c4_failed", type="text", multi=True, **made),
        Field(name="c4_extra", type="text", **made),
        Field(name="c4_extra_failed", type="text", multi=True, **made),
        Field(name="c4_extra_share", type="double", **made),
        Field(name="ratio", type="double", **made),
    ]
    assert names(*fields) == {
        "c4": ["c4", "c4_lines"],
        "c4_extra": ["c4_extra", "c4_extra_share"],
        "rules": ["ratio"],
        "source": ["stars"],
    }


def test_a_corpus_without_ratings_has_no_groups():
    assert rating_groups([Field(name="topic", type="text"), Field(name="year", type="int", unit="year")]) == ()


def test_ratings_of_a_corpus(rated_corpus: Corpus):
    groups = {g.name: [f.name for f in g.fields] for g in rating_groups(rated_corpus.fields.values())}
    assert list(groups)[0] == "rules" and list(groups)[-1] == "source"
    assert groups["rules"] == ["rules", "rules_value"]
    assert groups["source"] == ["stars", "grade", "other_grade", "same", "good"]
