"""Requests as the apps send them, one file each in tests/payloads, and what they must become, in a file beside it.

In an `.expected.json` a fix names only what is known; whatever it does not name must be unknown.
"""

import json
import math
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from server.ingest.fixes import MEASURES, Fixes

PAYLOADS = Path(__file__).resolve().parent.parent / "payloads"


def samples(folder: str) -> list[Path]:
    """Every request of one app."""
    found = [path for path in sorted((PAYLOADS / folder).iterdir()) if ".expected" not in path.suffixes]
    assert found
    return found


def expected(sample: Path) -> dict[str, Any]:
    """What a request must become."""
    document: dict[str, Any] = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    return document


def check(fixes: Fixes, wanted: dict[str, Any]) -> None:
    """The fixes are those that are wanted, and what was left out is left out for the reasons given."""
    told = [document(fixes, at) for at in range(len(fixes))]
    assert told == [pytest.approx(full(fix, row), nan_ok=True) for row, fix in enumerate(wanted["fixes"])]
    assert dict(fixes.set_aside) == wanted["set_aside"]
    assert dict(fixes.unknown_keys) == wanted["unknown_keys"]


def document(fixes: Fixes, at: int) -> dict[str, Any]:
    """One fix of a batch with all its columns."""
    measures = {name: float(getattr(fixes, name)[at]) for name in MEASURES}
    rest = {"charging": int(fixes.charging[at]), "mock": bool(fixes.mock[at]), "note": fixes.note[at]}
    return {"row": int(fixes.row[at])} | measures | rest


def full(fix: dict[str, Any], row: int) -> dict[str, Any]:
    """A fix of an `.expected.json` with all its columns."""
    unknown = dict.fromkeys(MEASURES, math.nan) | {"row": row, "charging": -1, "mock": False, "note": None}
    said = {name: value for name, value in fix.items() if name != "fixed_at"}
    return unknown | said | ({"fixed_at_s": epoch_s(fix["fixed_at"])} if "fixed_at" in fix else {})


def epoch_s(instant: str) -> float:
    """Epoch seconds of an instant with its zone."""
    return datetime.fromisoformat(instant).timestamp()


def anything_in_json(keys: Iterable[str]) -> st.SearchStrategy[Any]:
    """Any JSON, often with the keys that matter."""
    names = st.sampled_from(sorted(keys)) | st.text(max_size=5)
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(
        plain,
        lambda each: st.lists(each, max_size=4) | st.dictionaries(names, each, max_size=8),
        max_leaves=12,
    )


LNG = st.floats(-180.0, 180.0)
LAT = st.floats(-90.0, 90.0)
FIXED_AT_S = st.integers(1, 4_000_000_000)
