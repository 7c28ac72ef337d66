"""What a user name is, and passwords made for others."""

import re
import secrets

from server.errors import PersonRefused

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_PLAIN = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")
"""Letters and digits that nobody mistakes for one another when a password is read out or copied by hand."""


def normal(username: str) -> str:
    """A user name as it is kept: without the spaces around it, in lower case."""
    return username.strip().casefold()


def is_username(username: str) -> bool:
    """Whether a normal name can be anybody's: ASCII letters, digits and `. _ @ -`, 2 to 64 of them."""
    return _USERNAME.fullmatch(username) is not None


def check_username(username: str) -> None:
    """`PersonRefused` unless `is_username`."""
    if not is_username(username):
        raise PersonRefused(
            why_zh="用户名应为 2–64 个小写字母、数字或 . _ @ -，以字母或数字开头",
            why_en="a user name is 2 to 64 letters, digits or . _ @ -, beginning with a letter or digit",
        )


def first_password() -> str:
    """A random password to be handed over and then changed, like `hT4k-Q2mX-x7Rw-Kp9d`: about 90 bits."""
    letters = "".join(_PLAIN)
    while True:
        password = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
        if all(set(kind) & set(password) for kind in _PLAIN):
            return password
