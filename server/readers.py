"""Readers of settings: each makes a value of the environment's text, or a `ValueError` that says the form."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from datetime import time
from typing import Any, NamedTuple, Self

from server.errors import SettingRefused


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers between two bounds, both included."""

    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(f"{low}–{high}")
        return number

    return read


def switch(text: str) -> bool:
    """Read `1`/`0` (also yes/no, true/false)."""
    word = text.strip().lower()
    if word in {"1", "yes", "true", "on"}:
        return True
    if word in {"0", "no", "false", "off", ""}:
        return False
    raise ValueError("1 / 0")


_GRACE = re.compile(r"(supervisor|leader|administrator|auditor):([0-9]|[1-8][0-9]|90)")


def graces(text: str) -> str:
    """Read `role:days,role:days`: privileged roles, each once, and 0 to 90 days; nothing asks nobody."""
    pairs = [pair for pair in text.replace(" ", "").split(",") if pair]
    roles = [pair.partition(":")[0] for pair in pairs]
    if not all(_GRACE.fullmatch(pair) for pair in pairs) or len(set(roles)) < len(roles):
        raise ValueError("supervisor|leader|administrator|auditor:0–90")
    return ",".join(pairs)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader that takes one of the given words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(" | ".join(words))
        return text

    return read


def token(text: str) -> str:
    """Read a secret that a program brings: nothing, or 16 letters, digits and signs or more, without a space."""
    if text and not re.fullmatch(r"[!-~]{16,}", text):
        raise ValueError("≥ 16")
    return text


def time_of_day(text: str) -> time:
    """Read a time of the day, `08:30`."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text.strip()):
        raise ValueError("HH:MM")
    return time.fromisoformat(text.strip())


class Hours(NamedTuple):
    """Hours of the day by the Shanghai clock, `ends` not included; they may go over midnight."""

    begins: time
    ends: time

    def __str__(self) -> str:
        """As it is written: `21:00-07:30`."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def hours(text: str) -> Hours:
    """Read hours of the day."""
    begins, _, ends = text.partition("-")
    return Hours(time_of_day(begins), time_of_day(ends))


class Listed(tuple[Any, ...]):
    """Several values with commas between, times of the day as `08:30`."""

    def __str__(self) -> str:
        """As they are written."""
        return ",".join(f"{each:%H:%M}" if isinstance(each, time) else str(each) for each in self)


def times(text: str) -> Listed:
    """Read times of the day; sorted, each once."""
    return Listed(sorted({time_of_day(one) for one in text.split(",")}))


def origins(text: str) -> Listed:
    """Read where something may lie: `https://HOST` or `https://HOST:PORT`."""
    found = Listed(one.strip().lower().rstrip("/") for one in text.split(",") if one.strip())
    if not all(re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", one) for one in found):
        raise ValueError("https://HOST")
    return found


def read_one(setting: Mapping[str, Any], text: str) -> Any:
    """One setting's value from its text."""
    try:
        return setting["read"](text)
    except ValueError as error:
        raise SettingRefused(
            name=setting["name"],
            why_zh=f"“{text}”不在范围内（{error}）",
            why_en=f"“{text}” is not usable ({error})",
        ) from error


def setting(name: str, default: Any, read: Callable[[str], Any], zh: str, en: str) -> Any:
    """One setting: its environment name, default, reader and what it means in both languages."""
    return field(default=default, metadata={"name": name, "read": read, "zh": zh, "en": en})


class Choices:
    """What every frozen dataclass of settings can do."""

    __slots__ = ()
    database_url: str

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite:")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings an environment says; a value that cannot be used raises `SettingRefused`."""
        given = {
            item.name: read_one(item.metadata, environment[item.metadata["name"]])
            for item in fields(cls)  # type: ignore[arg-type]  # whoever has settings is a dataclass
            if item.metadata["name"] in environment
        }
        return cls(**given)
