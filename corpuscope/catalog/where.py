"""`--where`: one scalar SQL expression over fields becomes a mask, in a DuckDB that can reach nothing else.

The expression is parsed to DuckDB's own syntax tree and checked node by node; what runs is the tree, not the
text: columns are renamed to aliases, so that field names with dots, spaces or capitals cannot clash.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpuscope.catalog.columns import Mask
from corpuscope.catalog.sql_functions import FUNCTIONS, TYPES
from corpuscope.errors import InvalidQuery, UnknownField

if TYPE_CHECKING:
    import duckdb

TIME_LIMIT_S = 10.0
_MEMORY = "512MB"
_NODES = frozenset(
    {
        "CONSTANT",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "FUNCTION",
        "OPERATOR",
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "LAMBDA",
        "TYPE",
    }
)
#: A lambda can use its parameter twice; nested, each one may double what the one before it made.
_MOST_LAMBDAS = 2
_MOST_CHARACTERS = 10_000


@dataclass(frozen=True)
class Expression:
    """A checked expression, the fields that it reads, and the syntax tree (JSON) that DuckDB is to run."""

    text: str
    fields: frozenset[str]
    tree: str

    @property
    def aliases(self) -> dict[str, str]:
        """What the tree calls each field."""
        return _aliases(self.fields)


@dataclass(frozen=True)
class Where:
    """The rows for which an expression is true, and the fields that it reads."""

    mask: Mask
    fields: frozenset[str]


def understand(text: str, known: frozenset[str]) -> Expression:
    """Parse and check; raises InvalidQuery for anything but one scalar expression over `known` fields."""
    try:
        tree = _parse(text)
        node = _only_expression(tree, text)
        fields = _check(node, text, known)
        _rename(node, _aliases(fields))
        return Expression(text, fields, json.dumps(tree))
    except RecursionError:
        raise InvalidQuery(f"The expression {text!r} is nested too deeply; simplify it.") from None


def where_mask(expression: Expression, columns: Callable[[str], pa.Array], rows: int) -> Mask:
    """Rows for which the expression is true; null counts as false.

    `columns` gives the Arrow column of a field. Raises InvalidQuery where the expression cannot be computed, and
    when that takes longer than TIME_LIMIT_S.
    """
    data: dict[str, Any] = {alias: columns(name) for name, alias in expression.aliases.items()}
    with _locked_connection() as connection:
        connection.register("fields", pa.table(data or {"row": np.zeros(rows, dtype=np.int8)}))
        return _run(connection, expression)


def _locked_connection() -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit='{_MEMORY}'; SET temp_directory=''; SET TimeZone='UTC'")
    connection.execute("SET enable_external_access=false; SET lock_configuration=true")
    return connection


def _run(connection: duckdb.DuckDBPyConnection, expression: Expression) -> Mask:
    import duckdb

    timer = threading.Timer(TIME_LIMIT_S, connection.interrupt)
    timer.start()
    try:
        return _truth(connection, expression)
    except duckdb.Error as error:
        raise InvalidQuery(f"The expression {expression.text!r} {_fault(error)}") from None
    finally:
        timer.cancel()


def _fault(error: duckdb.Error) -> str:
    """What went wrong, in words that hold no value of a document: it may be one that is not to be shown."""
    import duckdb

    if isinstance(error, duckdb.InterruptException):
        return f"took longer than {TIME_LIMIT_S:g} seconds; simplify it."
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"needs more than {_MEMORY} of memory; simplify it."
    if isinstance(error, duckdb.BinderException | duckdb.ParserException):
        return f"cannot be computed: {_first_line(str(error))}"
    return (
        "cannot be computed for some values. try_cast(x AS type) and try_strptime(x, format) give null for a value "
        "that does not fit; patterns must be RE2 regular expressions."
    )


def _truth(connection: duckdb.DuckDBPyConnection, expression: Expression) -> Mask:
    """The values of a checked expression as a mask."""
    [(sql,)] = connection.execute("SELECT json_deserialize_sql(?)", [expression.tree]).fetchall()
    relation = connection.sql(sql)
    if str(relation.types[0]) != "BOOLEAN":
        raise InvalidQuery(
            f"The expression {expression.text!r} gives {relation.types[0]} values, not true or false; "
            "compare it with something."
        )
    (found,) = relation.fetchnumpy().values()
    # DuckDB masks nulls out: they count as false.
    mask: Mask = np.ma.filled(found, False).astype(np.bool_, copy=False)
    return mask


def _parse(expression: str) -> dict[str, Any]:
    import duckdb

    if len(expression) > _MOST_CHARACTERS:
        raise InvalidQuery(f"The expression has {len(expression):,} characters; {_MOST_CHARACTERS:,} are possible.")
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in expression):
        raise InvalidQuery(f"The expression {expression!r} holds a NUL character or half of one (a lone surrogate).")
    with duckdb.connect(":memory:") as connection:
        # The line break ends a comment that would otherwise swallow the closing parenthesis.
        [(found,)] = connection.execute(
            "SELECT json_serialize_sql(?)", [f"SELECT ({expression}\n) FROM fields"]
        ).fetchall()
    tree: dict[str, Any] = json.loads(found)
    if tree.get("error"):
        fault = _first_line(tree.get("error_message", ""))
        raise InvalidQuery(f"The expression {expression!r} is no SQL expression: {fault}.")
    return tree


def _only_expression(tree: dict[str, Any], expression: str) -> dict[str, Any]:
    """The expression of `SELECT (expression) FROM fields`, provided that this is all there is."""
    statements = tree["statements"]
    select = statements[0]["node"]
    clauses = ("where_clause", "having", "qualify", "sample", "group_expressions", "group_sets", "modifiers")
    plain = (
        len(statements) == 1
        and select.get("type") == "SELECT_NODE"
        and len(select["select_list"]) == 1
        and select["from_table"].get("table_name") == "fields"
        and not any(select.get(clause) for clause in clauses)
        and not select["cte_map"]["map"]
    )
    if not plain:
        raise _refused(expression)
    node: dict[str, Any] = select["select_list"][0]
    return node


def _check(node: dict[str, Any], expression: str, known: frozenset[str]) -> frozenset[str]:
    """Fields that an expression reads; refuses what is not a scalar expression over fields."""
    names: set[str] = set()
    if sum(n["class"] == "LAMBDA" for n in _nodes(node)) > _MOST_LAMBDAS:
        raise InvalidQuery(f"The expression {expression!r} has more than {_MOST_LAMBDAS} lambdas.")
    parameters = {p for n in _nodes(node) if n["class"] == "LAMBDA" for p in _lambda_parameters(n)}
    for part in _nodes(node):
        kind = part["class"]
        if kind not in _NODES:
            raise _refused(expression)
        if kind == "FUNCTION" and part["function_name"].lower() not in FUNCTIONS:
            raise InvalidQuery(
                f"The expression {expression!r} calls {part['function_name']}(), which is not among the functions that "
                "look at values: arithmetic, comparison, and those of texts, dates and lists."
            )
        if kind == "COLUMN_REF":
            name = ".".join(part["column_names"])
            if name in known:
                names.add(name)
            elif name not in parameters:
                raise UnknownField(name, known)
        if kind == "TYPE" and part["type_name"].lower() not in TYPES:
            raise InvalidQuery(
                f"The expression {expression!r} converts to {part['type_name']!r}, which is not among the types that "
                "fields can be compared with: numbers, text, dates, and lists of them."
            )
    return frozenset(names)


def _aliases(fields: frozenset[str]) -> dict[str, str]:
    return {name: f"field_{i}" for i, name in enumerate(sorted(fields))}


def _lambda_parameters(node: dict[str, Any]) -> Iterator[str]:
    for part in _nodes(node["lhs"]) if isinstance(node.get("lhs"), dict) else ():
        if part["class"] == "COLUMN_REF":
            yield ".".join(part["column_names"])


def _rename(node: dict[str, Any], aliases: dict[str, str]) -> None:
    for part in _nodes(node):
        if part["class"] == "COLUMN_REF":
            name = ".".join(part["column_names"])
            part["column_names"] = [aliases.get(name, name)]


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every syntax node in a JSON tree: the objects that have a class."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if isinstance(item.get("class"), str):
                yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _refused(expression: str) -> InvalidQuery:
    return InvalidQuery(
        f"The expression {expression!r} is more than one scalar expression over fields: "
        "no sub-query, aggregate, window, star or second statement."
    )


def _first_line(message: str) -> str:
    return message.split("\n", 1)[0]
