"""Backups 备份: what they are called, what their list says, which are kept no longer."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from server.clock import SHANGHAI, day_of

FORMAT: Final = 1
LIST: Final = "backup.json"
"""The list of all that a backup holds, written last: a folder without it is no backup."""

DATABASE: Final = {"postgresql": "database.dump", "sqlite": "database.sqlite"}
"""The file of the database, by its kind."""

STAMP: Final = "guatu-%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a table holds: how many rows, and the sum of a digest of each, hexadecimal, in whatever order they lie."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `kind` is the database's, `sha256` of its file; `photos` are named by what they hold.

    `closings` are the files of closed days and their public keys, with their digests.
    """

    made_at: datetime
    migration: str
    kind: str
    sha256: str
    tables: dict[str, Fingerprint]
    photos: tuple[str, ...]
    closings: dict[str, str]

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables.values())


def name(made_at: datetime) -> str:
    """The name of the folder of a backup made at an instant."""
    return made_at.astimezone(UTC).strftime(STAMP)


def written(backup: Backup) -> dict[str, Any]:
    """The list of a backup, as it is written."""
    return {"format": FORMAT} | asdict(backup)


def read(told: Mapping[str, Any]) -> Backup:
    """A backup out of its list; `ValueError`, `KeyError` or `TypeError` where it is none that this release knows."""
    if told["format"] != FORMAT:
        raise ValueError(f"format {told['format']}")
    facts = {field: told[field] for field in Backup.__dataclass_fields__}
    return Backup(
        **facts
        | {
            "made_at": datetime.fromisoformat(told["made_at"]),
            "tables": {table: Fingerprint(**each) for table, each in told["tables"].items()},
            "photos": tuple(told["photos"]),
        }
    )


def expired(names: Iterable[str], now: datetime, *, days: int) -> list[str]:
    """The backups older than so many days, oldest first; the newest of all is kept however old it is."""
    dated = sorted((made_at, each) for each in names if (made_at := _made_at(each)) is not None)
    return [each for made_at, each in dated[:-1] if made_at < now - timedelta(days=days)]


def next_night(at: time, now: datetime) -> datetime:
    """The next instant after `now` at which it is this time of the day in Shanghai."""
    today = datetime.combine(day_of(now), at, SHANGHAI)
    return (today if today > now else today + timedelta(days=1)).astimezone(UTC)


def differences(wanted: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """The tables that do not hold what they should, by name."""
    return [table for table in sorted({*wanted, *found}) if wanted.get(table) != found.get(table)]


def _made_at(folder: str) -> datetime | None:
    """When the backup of this name was made; None where it is no backup's name."""
    try:
        return datetime.strptime(folder, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
