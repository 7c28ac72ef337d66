"""How the installation stands: looked up when an administrator or Prometheus asks."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.queries import health, photos, sweeps
from server.queries import status as reads
from server.rules import positions
from server.rules import status as rules
from server.rules.status import GB, Seen

BACKED_UP: Final = "backed-up"
"""A file in the server's own folder whose age is that of the last backup."""


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
    )


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
    }


def _age_s(file: Path) -> float | None:
    """How long ago a file was last touched; None where there is none."""
    try:
        return max(0.0, clock.now().timestamp() - file.stat().st_mtime)
    except FileNotFoundError:
        return None
