"""What in a migration takes something away that the release before still needs: read from its source."""

import ast
import re
from collections.abc import Iterator

TAKES_AWAY = {
    "drop_column": "a column that the release before still reads",
    "drop_table": "a table that the release before still reads",
    "drop_geospatial_table": "a table that the release before still reads",
    "rename_table": "a name that the release before still uses",
    "create_check_constraint": "room that the release before still writes into",
    "create_unique_constraint": "room that the release before still writes into",
    "create_foreign_key": "room that the release before still writes into",
    "create_exclude_constraint": "room that the release before still writes into",
}
"""Operations that contract, whatever they are told: what they take."""

LARGE = frozenset({"fixes", "events", "checkins", "checkin_details", "crossings", "visits"})
"""Tables on which an index is made `CONCURRENTLY`, lest phones wait as long as that takes."""

SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s|SET\s+NOT\s+NULL|ADD\s+CONSTRAINT|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE|TRUNCATE)\b",
    re.IGNORECASE,
)


def found(source: str) -> list[str]:
    """What the upgrade of a migration takes away, each with its line; functions that it calls included."""
    tree = ast.parse(source)
    bodies = [
        each for each in tree.body if not (isinstance(each, ast.FunctionDef) and each.name == "downgrade")
    ]
    return [f"line {line}: {what}" for body in bodies for line, what in _in(body)]


def mark(source: str) -> str | None:
    """The name of the mark that a migration bears, `CONTRACTS` or `EXPANDS`, where it says anything."""
    for each in ast.parse(source).body:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and isinstance(each.value, ast.Constant)
        ):
            name = each.targets[0].id
            if name in {"CONTRACTS", "EXPANDS"} and each.value.value:
                return name
    return None


def _in(body: ast.AST) -> Iterator[tuple[int, str]]:
    """The operations below a node that contract."""
    for node in ast.walk(body):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.lineno, "SQL that takes something away"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            what = _what(node.func.attr, node)
            if what:
                yield node.lineno, f"{node.func.attr}: {what}"


def _what(name: str, call: ast.Call) -> str | None:
    """What a call takes away, None for nothing."""
    told = {each.arg: each.value for each in call.keywords}
    if name in TAKES_AWAY:
        return TAKES_AWAY[name]
    if name == "alter_column" and _narrows(told):
        return "a name, a type, or room for nothing that the release before still writes"
    if name == "add_column" and _must_be_told(call):
        return "room for rows that the release before writes without it"
    if name == "create_index" and _table(call) in LARGE and "postgresql_concurrently" not in told:
        return "the table from phones, for as long as it takes: make it CONCURRENTLY"
    return None


def _narrows(told: dict[str | None, ast.expr]) -> bool:
    """Whether a column is renamed, given another type, or must no longer be empty."""
    nullable = told.get("nullable")
    must_be_told = isinstance(nullable, ast.Constant) and nullable.value is False
    return must_be_told or "new_column_name" in told or "type_" in told


def _must_be_told(call: ast.Call) -> bool:
    """Whether a new column has neither a default nor room for nothing."""
    column = call.args[-1] if call.args else None
    if not isinstance(column, ast.Call):
        return False
    told = {each.arg: each.value for each in column.keywords}
    nullable = told.get("nullable")
    return isinstance(nullable, ast.Constant) and nullable.value is False and "server_default" not in told


def _table(call: ast.Call) -> str | None:
    """The table an index is made on."""
    table = call.args[1] if len(call.args) > 1 else None
    return table.value if isinstance(table, ast.Constant) and isinstance(table.value, str) else None
