"""Second factors 两步验证: whose roles need one, from when, and what a code is. Arithmetic only; no clock, no database.

A code is RFC 6238's: six digits for each half minute, HMAC-SHA-1 over a seed of 160 bits, as every authenticator app
makes them. The one before and the one after are good as well, for phones whose clock is off by half a minute.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp

ISSUER = "Guatu"
STEP_S = 30
SKEW_STEPS = 1
"""How many half minutes a phone's clock may be off, either way."""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody mistakes for one another when they are copied by hand."""
_GROUPS, _GROUP = 5, 5
_TOTP = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Given:
    """A role, and since when somebody holds it over anything."""

    role: str
    at: datetime


@cache
def graces(told: str) -> dict[str, timedelta]:
    """How long each role may be used without a second factor, out of the setting (`role:days,role:days`)."""
    pairs = (each.split(":") for each in told.split(",") if each)
    return {role: timedelta(days=int(days)) for role, days in pairs}


def due_at(given: Given, told: str) -> datetime | None:
    """When a role of somebody without a second factor falls asleep; None for a role that needs none."""
    grace = graces(told).get(given.role)
    return None if grace is None else given.at + grace


def sleeps(given: Given, told: str, now: datetime) -> bool:
    """Whether that time has come."""
    due = due_at(given, told)
    return due is not None and due <= now


def new_seed() -> str:
    """A seed of 160 random bits, in base 32 as apps take it."""
    return pyotp.random_base32(32)


def address(seed: str, username: str) -> str:
    """What an authenticator app reads from the picture: `otpauth://totp/…`."""
    return pyotp.TOTP(seed).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(seed: str, code: str, now: datetime) -> int | None:
    """Which half minute (counted from 1970) a code belongs to, of those that are good now; None for a wrong one."""
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(seed)
    near = range(current - SKEW_STEPS, current + SKEW_STEPS + 1)
    good = [step for step in near if hmac.compare_digest(totp.generate_otp(step), code)]
    return good[-1] if good else None


def is_totp(code: str) -> bool:
    """Whether a plain code is six digits, and not one of the recovery codes."""
    return _TOTP.fullmatch(code) is not None


def plain(code: str) -> str:
    """A code as it is compared: lower case, without the blanks and dashes people type."""
    return re.sub(r"[\s-]", "", code).lower()


def new_recovery_code() -> str:
    """A code for when the phone is lost, like `k7m2x-…`: 25 characters, 123 bits, so that a plain hash keeps it."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
