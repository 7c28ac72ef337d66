"""The pages in docs/ say what the code says, both ways; their links lead somewhere; what they name is there."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from server.cli import docs
from server.config import Settings
from server.errors import Problem
from server.rules.access import PERMISSIONS
from server.rules.events import KINDS
from server.services import checkins
from tests.house.source import ROOT

importlib.import_module("server.app")  # every problem is known once the whole server is

RENEW = "run `make docs` and look at what changed"
TABLES = sorted(docs.tables())
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMED = re.compile(r"`((?:api|gate|geo|ingest|live|queries|rules|services|transaction)(?:\.\w+)+)`")


def rows(name: str) -> list[tuple[str, ...]]:
    """The rows of a page's own table: those between its marks, below head and rule."""
    page = (docs.DOCS / name).read_text("utf-8")
    assert page.count(docs.BEGIN) == page.count(docs.END) == 1, f"docs/{name} has lost its marks"
    between = page.split(docs.BEGIN)[1].split(docs.END)[0]
    lines = [line for line in between.splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines[2:]]


def codes(name: str) -> list[str]:
    """The first column of a page's own table."""
    return [row[0].strip("`") for row in rows(name)]


@pytest.mark.parametrize("name", TABLES)
def test_a_page_says_what_the_code_says(name: str) -> None:
    page, code = rows(name), [tuple(map(escaped, row)) for row in docs.tables()[name].rows]
    missing = [row for row in code if row not in page]
    left_over = [row for row in page if row not in code]
    assert not missing, f"docs/{name} does not have: {missing}; {RENEW}"
    assert not left_over, f"docs/{name} has what the code has not: {left_over}; {RENEW}"
    assert page == code, f"docs/{name} has another order; {RENEW}"


def escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


def test_every_permission_is_documented() -> None:
    assert codes("permissions.md") == list(PERMISSIONS)


def test_every_kind_of_event_is_documented() -> None:
    assert codes("events.md") == list(KINDS)


def test_every_setting_is_documented() -> None:
    names = {field.metadata["name"] for field in Settings.__dataclass_fields__.values()}
    assert set(codes("settings.md")) == names


def test_every_setting_reads_back_as_it_is_written() -> None:
    for field in fields(Settings):
        if field.default is not MISSING and not isinstance(field.default, bool):
            assert field.metadata["read"](str(field.default)) == field.default, field.name


def test_every_problem_is_documented_under_a_code_of_its_own() -> None:
    listed = codes("problems.md")
    assert set(listed) == {kind.code for kind in below(Problem)}
    assert len(listed) == len(set(listed))


def below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("server."):
            yield child
        yield from below(child)


def test_writing_a_page_again_changes_nothing() -> None:
    for name, table in docs.tables().items():
        page = (docs.DOCS / name).read_text("utf-8")
        assert docs.renewed(page, table) == page, f"docs/{name}: {RENEW}"


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="without"):
        docs.renewed("# A page", docs.tables()["events.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    here = [link for link in links if not link.startswith(("https://", "http://", "mailto:"))]
    dead = [link for link in here if not (page.parent / link).exists()]
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_in_the_code(page: Path) -> None:
    names = [name for name in NAMED.findall(page.read_text("utf-8")) if not name.endswith((".py", ".js"))]
    unknown = [name for name in names if not is_there(name)]
    assert not unknown


def test_every_step_in_the_life_of_a_check_in_is_a_function_of_its_service() -> None:
    page = (ROOT / "docs" / "life-of-a-check-in.md").read_text("utf-8")
    steps = set(re.findall(r"`(_[a-z_]+)`", page))
    assert {"_keep", "_judge", "_store"} <= steps
    assert not [step for step in steps if not hasattr(checkins, step)]


def is_there(name: str) -> bool:
    """Whether `services.checkins.make` is a module, or something in one."""
    parts = name.split(".")
    for upto in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["server", *parts[:upto]]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[upto:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    assert [record.name[:4] for record in records] == [
        f"{number:04}" for number in range(1, len(records) + 1)
    ]
    assert all(f"({record.name})" in index for record in records)


def test_every_decision_says_context_choice_and_price() -> None:
    for record in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        text = record.read_text("utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert text.startswith(f"# {record.name[:4]} ")
        assert headings == ["Context", "Choice", "Price"], record.name


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert commands(english) == commands(chinese)
    assert {"demo", "test"} <= commands(english)


def commands(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z]+)", text))


def test_every_target_that_the_pages_name_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/operations.md"):
        named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
        assert named <= targets, page
