"""Trackers 定位设备: what a phone's secret looks like, and what is kept of it.

A secret is 28 letters of Crockford's base 32 (140 random bits) in groups of four, made to be typed by hand if it must:
no letter that looks like a digit, and neither capitals nor hyphens matter when it comes back.
"""

import secrets
from hashlib import sha256
from typing import Final

APPS: Final = {"traccar": "Traccar Client", "owntracks": "OwnTracks"}
"""The tracker apps a person can add, by kind; the kind `app`, our own, adds itself."""

MOST: Final = 5
"""How many live trackers of these apps one person may have: a phone, the next phone, and some room."""

NAME_LENGTH: Final = 64

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
SECRET_LETTERS: Final = 28
KEY_LETTERS: Final = 32
"""OwnTracks takes keys of 32 bytes at the most."""

_GROUP: Final = 4
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


def new_secret() -> str:
    """A fresh secret, as its owner sees it once."""
    letters = _random(SECRET_LETTERS)
    return "-".join(letters[start : start + _GROUP] for start in range(0, SECRET_LETTERS, _GROUP))


def new_key() -> str:
    """A fresh key for OwnTracks' sealed messages, 160 random bits in 32 letters; taken as it stands."""
    return _random(KEY_LETTERS)


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256, however it was typed."""
    return sha256(secret.lower().translate(_READ_AS).encode("utf-8", "surrogatepass")).hexdigest()


def _random(letters: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(letters))
