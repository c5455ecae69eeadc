import pytest

from corpuscope import Query
from corpuscope.errors import InvalidQuery, UnknownField


@pytest.mark.parametrize(
    "expression",
    [
        "1=1; drop table documents",
        "(select count(*) from read_csv('/etc/passwd')) > 0",
        "exists(select 1)",
        "rank_b in (select 1)",
        "sum(rank_b) > 1",
        "row_number() over () > 1",
        "random() > 0.5",
        "now() > date",
        "current_setting('threads') = '1'",
        "read_text('/etc/passwd') is not null",
        "getenv('HOME') = 'x'",
        "nextval('s') > 0",
        "*",
        "columns('a')",
        "rank_b > 1) from fields where (true",
        "rank_b, rank_b",
        "rank_b > ?",
        "topic = 'unclosed",
        "",
        "rank_b > 'x'::int",
        "a\x00b",
        "topic = '\udcff'",
        "try_cast(tags as int[100000]) is null",
        "rank_b::struct(a int) is null",
        "rank_b::decimal((select 2), 1) > 1",
        "rank_b::no_such_type = 1",
        "NOT " * 600 + "rank_b = 1",
        "NOT " * 900 + "rank_b = 1",
    ],
)
def test_only_one_scalar_expression_over_fields_is_let_in(tiny_corpus, expression):
    if not expression:
        assert tiny_corpus.search(Query(where=expression)).total == 40
        return
    with pytest.raises(InvalidQuery) as error:
        tiny_corpus.search(Query(where=expression))
    assert "\n" not in str(error.value)


def test_an_unknown_field_is_named(tiny_corpus):
    with pytest.raises(UnknownField, match="topik.*Did you mean topic"):
        tiny_corpus.search(Query(where="topik = 'odd'"))


@pytest.mark.parametrize("expression", ["\"meta.Origin Name\" = 'a'", "meta.\"Origin Name\" = 'a' -- comment"])
def test_dotted_names_work_with_and_without_quotes(tiny_corpus, expression):
    assert tiny_corpus.search(Query(where=expression)).total == 14


@pytest.mark.parametrize(
    "call", ["range(100000000)", "repeat(topic, 100000000)", "list_reduce(tags, lambda x, y: x || x)"]
)
def test_functions_that_make_much_out_of_little_are_refused(tiny_corpus, call):
    with pytest.raises(InvalidQuery, match="not among the functions"):
        tiny_corpus.search(Query(where=f"len({call}) > 0"))


def test_an_expression_that_gives_no_truth_is_refused(tiny_corpus):
    with pytest.raises(InvalidQuery, match="not true or false"):
        tiny_corpus.search(Query(where="rank_b + 1"))


def test_a_fault_names_no_value_of_a_document(tiny_corpus):
    for expression in ("topic::int > 1", "strptime(topic, '%Y') > date", "regexp_matches('(', '(' || topic)"):
        with pytest.raises(InvalidQuery, match="cannot be computed for some values.*try_cast") as error:
            tiny_corpus.search(Query(where=expression))
        assert "odd" not in str(error.value) and "even" not in str(error.value)


def test_a_fault_of_the_expression_itself_is_explained(tiny_corpus):
    with pytest.raises(InvalidQuery, match="No function matches.*length"):
        tiny_corpus.search(Query(where="length(rank_b) > 1"))


def test_an_expression_is_parsed_once_and_tells_what_it_reads(tiny_corpus):
    found = tiny_corpus.catalog.where("rank_b > 1 and topic = 'odd'")
    assert found.fields == {"rank_b", "topic"}
    assert found is tiny_corpus.catalog.where("rank_b > 1 and topic = 'odd'")


def test_an_expression_that_runs_too_long_is_given_up(tiny_corpus, monkeypatch):
    def interrupted(*_args):
        import duckdb

        raise duckdb.InterruptException("interrupted")

    monkeypatch.setattr("corpuscope.catalog.where._truth", interrupted)
    with pytest.raises(InvalidQuery, match="longer than 10 seconds"):
        tiny_corpus.search(Query(where="rank_b > 1"))
