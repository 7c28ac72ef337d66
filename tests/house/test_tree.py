"""The tree: names that say what is inside, functions that fit on a page, nothing of any one machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import ROOT, modules

LONGEST_LINES = 40
"""A function's lines from `def` to its end, without its docstring."""

LONGEST_FILE_LINES = 450

SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "manager",
    "managers",
    "misc",
    "base_service",
}

LANGUAGES = (
    "py",
    "js",
    "css",
    "html",
    "md",
    "toml",
    "txt",
    "in",
    "json",
    "sh",
    "mjs",
    "ts",
    "yaml",
    "yml",
    "po",
)

# Put together here, so that this file does not hold them itself.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "npm" + "mirror.com",
    "deb." + "debian.org",
    "security." + "debian.org",
    "gh" + "cr.io",
    "docker" + ".io",
]
MACHINE = ["/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/", "C:" + "\\Users", "/tm" + "p/"]
HELPERS = ["cla" + "ude", "anth" + "ropic", "chat" + "gpt", "co" + "pilot", "open" + "ai"]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the repository and is there."""
    said = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return tuple(path for name in said.split("\0") if name and (path := ROOT / name).is_file())


def written() -> Iterator[tuple[Path, str]]:
    """Every tracked text, with its lines."""
    for path in tracked():
        if path.suffix.lstrip(".") in LANGUAGES or path.name in {"Makefile", "run", "LICENSE", ".npmrc"}:
            yield path, path.read_text("utf-8")


def found(needles: list[str]) -> list[str]:
    """Where any of these is written."""
    pattern = re.compile("|".join(map(re.escape, needles)), re.IGNORECASE)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path, text in written()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_every_file_says_what_it_is_about() -> None:
    parts = {part for path in tracked() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not parts & SAYS_NOTHING


def test_no_file_names_the_host_of_a_registry() -> None:
    assert not found(REGISTRIES)


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not found(MACHINE)


def test_no_file_tells_with_what_it_was_written() -> None:
    assert not found(HELPERS)


def test_nothing_is_left_for_later() -> None:
    assert not found(["TO" + "DO", "FIX" + "ME", "XX" + "X:"])


def test_the_floors_of_the_tests_are_those_of_the_server() -> None:
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    floors = {path.stem for path in (ROOT / "server").iterdir() if path.stem != "__pycache__"}
    assert folders - floors <= {
        "bend",
        "house",
        "pretend",
        "stories",
        "support",
        "payloads",
        "phone",
        "desk",
        "deploy",
    }


@pytest.mark.parametrize("folder", ["server", "mobile_stub", "setup"])
def test_a_function_fits_on_a_page(folder: str) -> None:
    lengths = sorted(functions(folder), reverse=True)
    longest = [f"{name} has {lines} lines" for lines, name in lengths if lines > LONGEST_LINES]
    assert not longest


def test_most_functions_are_short() -> None:
    lengths = sorted(lines for lines, _ in functions("server"))
    assert lengths[len(lengths) // 2] <= 9


def functions(folder: str) -> Iterator[tuple[int, str]]:
    """Every function of a folder: its lines without its docstring, and where it stands."""
    for module in modules(ROOT / folder):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield length(node), f"{module.at(node)} {node.name}"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return whole - ((first.end_lineno or 0) - first.lineno + 1 if told else 0)


def test_a_file_is_read_in_one_sitting() -> None:
    found = [module for folder in ("server", "mobile_stub", "setup") for module in modules(ROOT / folder)]
    lengths = {module.at(module.tree): module.lines for module in found if acts(module.tree)}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES}


def acts(tree: ast.Module) -> bool:
    """Whether a module does anything; one that only holds a table is as long as its table."""
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence


def test_each_class_of_the_pages_is_laid_out_in_one_sheet() -> None:
    begun: dict[str, set[str]] = {}
    for sheet in (ROOT / "server" / "web" / "static" / "src" / "css").glob("*.css"):
        if sheet.name != "print.css":  # paper has all of them otherwise
            for name in re.findall(r"^\.([\w-]+) \{", sheet.read_text(), re.MULTILINE):
                begun.setdefault(name, set()).add(sheet.name)
    assert {name: sorted(sheets) for name, sheets in begun.items() if len(sheets) > 1} == {}
