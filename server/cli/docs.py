"""`flask docs write`: the tables in `docs/` that say what the code says, written from the code.

A page keeps its own words; only what stands between the two marks is renewed. `tests/house/test_docs.py` holds the
pages against `tables()`.
"""

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import click

from server.cli.commands import Commands
from server.config import INSTANCE, Settings
from server.errors import Problem
from server.rules.access import PERMISSIONS, ROLES, Permission
from server.rules.events import KINDS

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
BEGIN = "<!-- from the code: flask docs write -->"
END = "<!-- end -->"

commands = Commands("docs", help="文档 · Documents.")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a page: its head, and its rows as they are written."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def __str__(self) -> str:
        """The table in Markdown."""
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


@commands.command("write")
def write() -> None:
    """重写 docs/ 中由代码得出的表格 · Renew the tables in docs/ that are made from the code."""
    for name, table in tables().items():
        page = DOCS / name
        before = page.read_text(encoding="utf-8")
        page.write_text(renewed(before, table), encoding="utf-8")
        click.echo(f"{name}: {len(table.rows)}")


def tables() -> dict[str, Table]:
    """Every table, by the page it stands on."""
    return {
        "permissions.md": _permissions(),
        "events.md": Table(
            ("event", "中文", "English"), [(_code(k.name), k.zh, k.en) for k in KINDS.values()]
        ),
        "problems.md": _problems(),
        "settings.md": _settings(),
    }


def renewed(page: str, table: Table) -> str:
    """A page with what stands between its marks replaced by `table`; `ValueError` for one without marks."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"a page without {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def problems() -> list[type[Problem]]:
    """Every kind of problem the server knows, in the order in which the code names them."""
    found: list[type[Problem]] = []
    waiting = list(Problem.__subclasses__())
    while waiting:
        kind = waiting.pop(0)
        if kind.__module__.startswith("server."):
            found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(found, key=lambda kind: kind.__module__ != Problem.__module__)


def _permissions() -> Table:
    """Who may do what, over what."""
    head = ("permission", "中文", "English", "roles, over their unit's subtree", "oneself")
    rows = [(_code(p.name), p.zh, p.en, _roles(p), "✓" if p.own else "") for p in PERMISSIONS.values()]
    return Table(head, rows)


def _roles(permission: Permission) -> str:
    """The roles that hold a permission, in the usual order, and whether only at the county."""
    named = ", ".join(role for role in ROLES if role in permission.roles)
    return f"{named} (only at the county)" if permission.at_root else named


def _problems() -> Table:
    """What can go wrong, and what is said then."""
    head = ("code", "status", "中文", "English", "when")
    rows = [(_code(kind.code), str(kind.status), kind.zh, kind.en, _first(kind)) for kind in problems()]
    return Table(head, rows)


def _first(kind: type[Problem]) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def _settings() -> Table:
    """What can be set in the environment."""
    head = ("name", "default", "中文", "English")
    rows = [
        (_code(item.metadata["name"]), _default(item.default), item.metadata["zh"], item.metadata["en"])
        for item in fields(Settings)
        if item.default is not MISSING
    ]
    return Table(head, rows)


def _default(value: object) -> str:
    """A default as it would be written in the environment, wherever the tree lies."""
    if isinstance(value, bool):
        value = int(value)
    text = str(value).replace(str(INSTANCE), "var")
    return _code(text) if text else "—"


def _code(text: str) -> str:
    """As code."""
    return f"`{text}`"


def _cell(text: str) -> str:
    """A text that stays within its cell."""
    return " ".join(text.split()).replace("|", "\\|")
