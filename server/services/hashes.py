"""Hashing passwords with argon2id: slow on purpose, few at a time, never in the way of other requests."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.services.aside import Seats

# More than OWASP's least for argon2id (19 MiB, two rounds): about 60 ms of one core and 32 MiB for each guess.
HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)

# A flood of sign-ins waits here: at most two hash at once in one process, so 64 MiB and two cores are the most it
# takes, and who waits longer than five seconds is told to come back.
SEATS = Seats(2, patience_s=5.0)


def hash_of(password: str) -> str:
    """The argon2id hash to keep for a password; `Busy` when too many are being hashed."""
    return SEATS.do(lambda: HASHER.hash(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one that was kept. Without one (an unknown user name) it takes as long and is false."""
    return SEATS.do(lambda: _verify(password, kept))


def is_outdated(kept: str) -> bool:
    """Whether a kept hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def _verify(password: str, kept: str | None) -> bool:
    """Compare; a kept hash that is none at all matches nothing."""
    nobodys = _nobodys()  # also where there is one: the first to ask must not take longer for either
    try:
        HASHER.verify(kept or nobodys, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


@cache
def _nobodys() -> str:
    """The hash that an unknown user name is compared with."""
    return HASHER.hash("no one has this password")
