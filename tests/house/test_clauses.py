"""The tables of clauses: every clause has its row, and every test and file a row names is there."""

import ast
import re
from functools import cache

import pytest

from tests.house.source import ROOT

PAGES = ("docs/security.md", "docs/privacy.md")
NAMED = re.compile(r"`((?:[a-z_]+/)[A-Za-z0-9_./-]+?\.[a-z]+)(?:::(\w+))?`")
STATES = {"✓", "◐", "✗", "–", "⌂"}

ASVS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""How many clauses of levels 1 and 2 each section of ASVS 5.0.0 has; within a section they are numbered through."""


GRADED = {
    "8.1.1": (2, 1, 3, 2, 3, 3, 2, 1, 3, 2), "8.1.2": (5, 2, 1), "8.1.3": (4, 5, 4, 2, 4, 1),
    "8.1.4": (4, 7, 4, 6, 1, 1, 2, 2, 3, 2, 2), "8.1.5": (2, 2, 2, 6), "8.1.6": (1, 3, 2, 1), "8.1.7": (3, 2, 3, 3, 3),
    "8.1.8": (3, 2, 3, 4), "8.1.9": (4, 3, 3, 7, 3, 3, 2, 3, 3, 3),
    "8.1.10": (3, 3, 2, 4, 2, 10, 2, 2, 2, 3, 3, 4, 4, 4),
    "8.3.1": (1,), "8.3.2": (1, 1, 6), "8.3.3": (2, 3), "8.3.4": (2, 2), "8.3.5": (1,),
}  # fmt: skip
"""How many items each control of GB/T 22239-2019 level 3 has, general (211) and mobile (19)."""


@cache
def rows(page: str) -> list[list[str]]:
    """The rows of a page's tables, cell by cell, heads and rules left out."""
    lines = [line for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if set(row[0]) != {"-"}]


@cache
def defined(path: str) -> set[str]:
    """The functions of a Python file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_every_test_that_a_clause_names_is_there(page: str) -> None:
    named = NAMED.findall((ROOT / page).read_text("utf-8"))
    assert len(named) > 20
    assert [path for path, _ in named if not (ROOT / path).is_file()] == []
    assert [f"{path}::{test}" for path, test in named if test and test not in defined(path)] == []


def test_every_clause_of_asvs_has_one_row_in_its_order() -> None:
    wanted = [f"{section}.{number}" for section, count in ASVS.items() for number in range(1, count + 1)]
    assert len(wanted) == 253
    assert [row[0] for row in rows("docs/security.md") if row[0] in set(wanted)] == wanted


def test_every_item_of_graded_protection_has_one_row_in_its_order() -> None:
    wanted = [
        f"§{section}.{control}" + (f" {'abcdefghij'[item]}" if count > 1 else "")
        for section, counts in GRADED.items()
        for control, count in enumerate(counts, 1)
        for item in range(count)
    ]
    assert len(wanted) == 211 + 19
    assert [row[0] for row in rows("docs/security.md") if row[0].startswith("§8.")] == wanted


def test_every_clause_says_how_it_stands_and_why() -> None:
    clauses = [row for page in PAGES for row in rows(page) if re.fullmatch(r"[0-9].*|§.*", row[0])]
    assert len(clauses) > 300
    assert [row[0] for row in clauses if row[1] not in STATES or len(row[2]) < 4] == []


def test_what_is_said_to_hold_names_where_it_is_seen() -> None:
    held = [row for row in rows("docs/security.md") if row[1] == "✓"]
    assert [row[0] for row in held if "`" not in row[2] and "](" not in row[2]] == []
