"""The floors: an import only goes down, the pure floors stay pure, and nobody loosens the contracts unseen."""

import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import server
from tests.house.source import ROOT

PURE = ("geo", "heard", "rules", "ingest", "exports", "clock", "config", "errors", "log")
NOT_PURE = ("flask", "sqlalchemy", "werkzeug", "alembic", "geoalchemy2", "flask_sqlalchemy", "flask_smorest")

IMPORT_ALL = """
import importlib, pkgutil, sys
for name in {names!r}:
    found = importlib.import_module("server." + name)
    for each in pkgutil.walk_packages(getattr(found, "__path__", []), found.__name__ + "."):
        importlib.import_module(each.name)
print(sum(name.startswith("server.") for name in sys.modules))
print(" ".join(sorted({{name.split(".")[0] for name in sys.modules}} & set({unwanted!r}))))
"""


def test_an_import_only_goes_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pure_floors_bring_neither_the_web_nor_the_database() -> None:
    script = IMPORT_ALL.format(names=PURE, unwanted=NOT_PURE)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, came_along = done.stdout.split("\n")[:2]
    assert int(count) > 20, "the pure floors were imported"
    assert came_along == ""


def test_the_contracts_stand_as_they_were_agreed() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in linter["contracts"]}
    assert set(contracts) == {"floors", "pure", "headless"}
    assert contracts["floors"]["exhaustive"]
    assert "ignore_imports" not in contracts["floors"]
    assert "ignore_imports" not in contracts["pure"]
    assert contracts["headless"]["ignore_imports"] == ["server.db -> flask", "server.held -> flask"]


def test_every_part_of_the_server_has_a_floor() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    lines = next(contract["layers"] for contract in linter["contracts"] if contract["id"] == "floors")
    floors = {name.strip(" ()") for line in lines for name in line.split("|")}
    assert floors == {part.name for part in pkgutil.iter_modules(server.__path__)}


def test_the_package_itself_brings_nothing() -> None:
    code = (ROOT / "server" / "__init__.py").read_text("utf-8").strip()
    assert code.startswith('"""')
    assert code.count("\n") == 0
