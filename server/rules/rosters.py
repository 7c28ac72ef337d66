"""Rosters 名册: what a row asks for, read without the database."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from server.errors import PersonRefused
from server.rules.access import ROLE_WORDS

OUTCOMES: Final = {
    "created": ("新建", "made"),
    "changed": ("修改", "changed"),
    "unchanged": ("不变", "as it is"),
    "refused": ("拒绝", "refused"),
}
"""What becomes of a row."""

CHANGES: Final = {
    "post": ("职务", "post"),
    "unit_id": ("单位", "unit"),
    "roles": ("角色", "roles"),
}
"""What a row may change."""

LONGEST: Final = {"name": 64, "post": 64}

_BETWEEN: Final = re.compile(r"[,，、;；/\s]+")
_ROLES: Final = {word: role for role, words in ROLE_WORDS.items() for word in (role, *words)}


def roles_of(text: str) -> list[str]:
    """The roles that a cell names, in Chinese or English; `PersonRefused` naming one that is none."""
    return list(
        dict.fromkeys(
            _role(word) for word in _BETWEEN.split(text.replace("grid member", "grid_member")) if word
        )
    )


def _role(word: str) -> str:
    """One role by its word."""
    role = _ROLES.get(word.casefold())
    if role is None:
        known = "、".join(zh for zh, _ in ROLE_WORDS.values())
        raise PersonRefused(
            why_zh=f"没有“{word}”这个角色；角色有：{known}",
            why_en=f"there is no role {word}; the roles are {', '.join(ROLE_WORDS)}",
        )
    return role


def check(name: str, post: str) -> None:
    """`PersonRefused` for a row whose words cannot be kept."""
    if not name:
        raise PersonRefused(why_zh="没有姓名", why_en="there is no name")
    for text, most in ((name, LONGEST["name"]), (post, LONGEST["post"])):
        if len(text) > most or not text.isprintable():
            raise PersonRefused(
                why_zh=f"“{text[:12]}…”太长或含有特殊字符", why_en=f"“{text[:12]}…” cannot be kept"
            )


def repeated(usernames: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of user names that stand in the list before, each with where it stood first."""
    first: dict[str, int] = {}
    for place, username in enumerate(usernames):
        if username in first:
            yield place, first[username]
        first.setdefault(username, place)
