"""How the installation stands: looked up when an administrator or Prometheus asks."""

import shutil
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from cryptography import x509

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.queries import health, photos, sweeps
from server.queries import status as reads
from server.rules import positions
from server.rules import status as rules
from server.rules.status import GB, Certificate, Seen

BACKED_UP: Final = "backed-up"
"""A file in the server's own folder whose age is that of the last backup."""


SKEWED: Final = timedelta(minutes=30)
"""Check-ins of so long a time say how the server's clock stands."""

LATEST: Final = 40
"""So many of them at the most."""


def look(lag_s: float) -> Seen:
    """What is so now; `lag_s` is how far this process's streams are behind."""
    settings = held(Settings)
    disk = shutil.disk_usage(settings.instance)
    closed = reads.last_closed()
    return Seen(
        lag_s=lag_s,
        sweep_age_s=sweeps.age_s(),
        seal_age_s=None if closed is None else (clock.now() - clock.day_ends_at(closed)).total_seconds(),
        backup_age_s=_age_s(settings.instance / BACKED_UP),
        disk_free=disk.free,
        disk_total=disk.total,
        photos=photos.kept_bytes(),
        photos_quota=settings.photos_gb * GB,
        writable=health.writable(),
        clock_ahead_s=_clock_ahead_s(),
        certificate=_certificate(settings.certificate),
    )


def _clock_ahead_s() -> float:
    """By how much the server's clock seems ahead (negative: behind), by phones and by what was recorded last."""
    now = clock.now()
    recorded_at = reads.last_recorded_at()
    if recorded_at is not None and rules.is_behind(recorded_at, now):
        return (now - recorded_at).total_seconds()
    return rules.agreed_s(reads.skews_s(since=now - SKEWED, upto=now, most=LATEST))


def _certificate(file: str) -> Certificate | None:
    """The proxy's certificate; None where none is named."""
    if not file:
        return None
    try:
        read = x509.load_pem_x509_certificate(Path(file).read_bytes())
    except (OSError, ValueError):
        return Certificate(None)
    return Certificate((read.not_valid_after_utc - clock.now()).total_seconds())


def told(lag_s: float) -> dict[str, Any]:
    """The same judged and in words, with what was set aside today and the database's migration."""
    items = rules.judge(look(lag_s))
    return {
        "items": [asdict(item) for item in items],
        "migration": health.migration(),
        "set_aside": [_described(each) for each in reads.set_aside(clock.day_of(clock.now()))],
        "at": clock.now(),
    }


def _described(aside: dict[str, Any]) -> dict[str, Any]:
    """A reason with the words it has for people; those of its owner, who is nobody in particular here."""
    zh, en = positions.SET_ASIDE.get(aside["reason"], (aside["reason"], aside["reason"]))
    return aside | {
        "zh": zh.replace("您", "本人"),
        "en": en.replace("you had", "its owner had").replace("you were", "its owner was"),
    }


def figures(lag_s: float) -> dict[str, float | None]:
    """The same as figures for Prometheus, who is told of a database that does not answer as well."""
    try:
        seen = look(lag_s)
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return {"database_up": 0}
    return {
        "database_up": 1,
        "sweep_age_seconds": seen.sweep_age_s,
        "seal_age_seconds": seen.seal_age_s,
        "backup_age_seconds": seen.backup_age_s,
        "disk_free_bytes": seen.disk_free,
        "disk_total_bytes": seen.disk_total,
        "photos_bytes": seen.photos,
        "photos_quota_bytes": seen.photos_quota,
        "database_writable": seen.writable,
        "clock_ahead_seconds": seen.clock_ahead_s,
        "certificate_left_seconds": None if seen.certificate is None else seen.certificate.left_s,
    }


def _age_s(file: Path) -> float | None:
    """How long ago a file was last touched; None where there is none."""
    try:
        return max(0.0, clock.now().timestamp() - file.stat().st_mtime)
    except FileNotFoundError:
        return None
