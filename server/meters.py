"""Meters: what the server counts about itself, in the form that Prometheus reads. Numbers alone: no person, no place.

Under gunicorn each process counts into files of its own in one folder (`PROMETHEUS_MULTIPROC_DIR`, which `wsgi.py` sets
before this is imported), and whichever process is asked adds them up.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from server.processes import FOLDER

FORM: Final = "text/plain; version=0.0.4; charset=utf-8"

_registry = CollectorRegistry()

CHECKINS = Counter("guatu_checkins", "Check-ins by what became of them.", ["became"], registry=_registry)
FIXES = Counter("guatu_fixes", "Fixes of trackers that were kept.", registry=_registry)
SET_ASIDE = Counter("guatu_fixes_set_aside", "Fixes set aside, by reason.", ["reason"], registry=_registry)
UNKNOWN_KEYS = Counter(
    "guatu_unknown_keys",
    "Keys in messages of positions that were not understood, or whose value was none, by whose form it is.",
    ["source"],
    registry=_registry,
)
REFUSED = Counter(
    "guatu_refused", "Requests answered with a problem, by its code.", ["code"], registry=_registry
)
VERDICT = Histogram(
    "guatu_verdict_seconds",
    "From a check-in's arrival until it is judged, kept and can be answered.",
    registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
QUEUE = Gauge(
    "guatu_checkins_waiting",
    "Check-ins being kept, or waiting for it.",
    registry=_registry,
    multiprocess_mode="livesum",
)
LAG = Gauge(
    "guatu_stream_lag_seconds",
    "For how long readers of streams have been waiting, in the process furthest behind.",
    registry=_registry,
    multiprocess_mode="livemax",
)

for _metric, _known in (
    (CHECKINS, ("kept", "again", "refused")),
    (SET_ASIDE, ("unreadable_item", "impossible_coordinates", "in_the_future")),
    (UNKNOWN_KEYS, ("traccar", "owntracks", "native")),
    (REFUSED, ("broken", "busy", "disk_full", "database_refused", "too_fast", "wrong_credentials")),
):
    for (
        _value
    ) in _known:  # what an alarm asks for is there from the start: a rise from nothing is none to Prometheus
        _metric.labels(_value)


def took_in(source: str, kept: int, set_aside: Mapping[str, int], *, unknown_keys: int) -> None:
    """Count what became of the fixes of one delivery, and what of it was not understood: how many, never which."""
    FIXES.inc(kept)
    for reason, count in set_aside.items():
        SET_ASIDE.labels(reason).inc(count)
    UNKNOWN_KEYS.labels(source).inc(unknown_keys)


def told(now: Mapping[str, float | None]) -> bytes:
    """Everything counted so far, by all processes, and what is so `now`, by name (None: not known, not told)."""
    registry = CollectorRegistry()
    registry.register(_Now(now))
    folder = os.environ.get(FOLDER)
    if folder is None:
        return generate_latest(_registry) + generate_latest(registry)
    forget_dead(Path(folder))
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # the library's own
    return generate_latest(registry)


def forget_dead(folder: Path) -> None:
    """Let processes that are gone no longer count as living ones; what they counted stays."""
    for pid in {file.stem.rpartition("_")[2] for file in folder.glob("*.db")}:
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(int(pid), path=str(folder))  # type: ignore[no-untyped-call]  # the library's own


class _Now(Collector):
    """Figures that are looked up when somebody asks."""

    def __init__(self, now: Mapping[str, float | None]) -> None:
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Each as a gauge."""
        for name, value in self._now.items():
            if value is not None:
                yield GaugeMetricFamily(f"guatu_{name}", _HELP[name], value=value)


_HELP: Final = {
    "database_up": "Whether the database answers and holds what this release needs; 0: no other age or size is told.",
    "sweep_age_seconds": "For how long some step of the sweep has not been done.",
    "seal_age_seconds": "How long ago the last closed day of the record ended.",
    "backup_age_seconds": "How long ago the last backup was made from this machine.",
    "disk_free_bytes": "Room on the disk of the server's own folder.",
    "disk_total_bytes": "Size of that disk.",
    "photos_bytes": "What the originals of photos take.",
    "photos_quota_bytes": "What they may take.",
    "database_writable": "Whether the database takes anything in; 0: it can be read alone.",
    "clock_ahead_seconds": "By how much the server's clock seems ahead of phones', and of what it recorded last.",
    "certificate_left_seconds": "In how long the proxy's certificate (GUATU_CERTIFICATE) runs out.",
}
