"""The server's own source as syntax trees: what the tests of the house read it by."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER = ROOT / "server"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: where it lies in the tree, its syntax tree, how many lines it has."""

    path: Path
    tree: ast.Module
    lines: int

    def at(self, node: ast.AST) -> str:
        """A place in it, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def modules(folder: Path = SERVER) -> tuple[Module, ...]:
    """Every module in a folder and below it."""
    written = {path: path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}
    return tuple(Module(path, ast.parse(text), text.count("\n")) for path, text in written.items())


def calls(folder: Path = SERVER) -> Iterator[tuple[Module, ast.Call]]:
    """Every call in the modules of a folder."""
    for module in modules(folder):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                yield module, node


def name_of(node: ast.expr | None) -> str:
    """The last name of `Name`, `errors.Name` or `Name(…)`; empty for anything else."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def texts(folder: Path) -> Iterator[tuple[Module, ast.Constant, str]]:
    """Every text in the code of a folder, docstrings left out."""
    for module in modules(folder):
        said = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield module, node, node.value


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """The keyword arguments of a call that are written out."""
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}


def is_open(call: ast.Call) -> bool:
    """Whether a call takes keyword arguments that are not written out (`**facts`)."""
    return any(keyword.arg is None for keyword in call.keywords)


def words(node: ast.expr | None) -> str | None:
    """The text of a literal or an f-string, its holes as `…`; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) or "…" for part in node.values)
    return None
