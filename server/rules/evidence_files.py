"""Files of evidence as rules: which kinds are kept, how many, and under what name."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, NoReturn

from server.errors import EvidenceRefused

MIME: Final = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The kinds of file that are kept, and what a browser calls them."""

FORMS: Final = tuple(MIME)

PICTURES: Final = frozenset({"jpeg", "png", "webp"})

MOST: Final = 9
"""So many files one piece of evidence has."""

NAME: Final = 120
"""The longest name, in characters."""


def ensure_more(present: int) -> None:
    """`EvidenceRefused` where a piece of evidence has as many files as it can."""
    if present >= MOST:
        refuse(f"每项佐证最多 {MOST} 个文件", f"one piece of evidence has at most {MOST} files")


def name_of(told: str, form: str) -> str:
    """The name a file goes by: what its sender called it, without folders and with the ending of what it is."""
    last = PureWindowsPath(PurePosixPath(told).name).name
    shown = "".join(letter for letter in last if letter.isprintable())
    stem, ending = PurePosixPath(shown).stem, "jpg" if form == "jpeg" else form
    return f"{(stem.strip(' .') or '佐证')[: NAME - len(ending) - 1]}.{ending}"


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `EvidenceRefused` with its reason in both languages."""
    raise EvidenceRefused(why_zh=zh, why_en=en)
