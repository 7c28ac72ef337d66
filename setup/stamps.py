"""Stamps: small files that say what an installation was made from; the second time, nothing is done."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

Facts = Mapping[str, str]


def digest(*files: Path) -> str:
    """Return one SHA-256 over the contents of the files, in the order given."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def holds(stamp: Path, wanted: Facts) -> bool:
    """Whether the stamp says every wanted fact; it may say more."""
    try:
        said = json.loads(stamp.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return isinstance(said, dict) and wanted.items() <= said.items()


def write(stamp: Path, facts: Facts) -> None:
    """Write the stamp in place of any earlier one."""
    stamp.write_text(json.dumps(dict(facts), indent=2) + "\n", encoding="utf-8")
