"""Trackers 定位设备: one's own phones that send positions, and what was not kept of them."""

from dataclasses import asdict
from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.trackers import (
    AddedOut,
    DaysAsked,
    RevokedOut,
    SetAsideOut,
    TrackerIn,
    TrackerNameIn,
    TrackerOut,
    TrackersOut,
)
from server.exports import trackers as setups
from server.exports.trackers import Setup
from server.gate import guard
from server.queries import trackers as reads
from server.services import trackers
from server.services.trackers import Added

doors = Doors("trackers", __name__, description="定位设备 · One's own phones that send positions")


@doors.get("/trackers")
@guard("tracker.read")
@doors.response(200, TrackersOut)
def listed() -> Response:
    """我的定位设备 · One's own trackers."""
    return answer(reads.listed(gate.actor()))


@doors.post("/trackers")
@guard("tracker.add")
@doors.arguments(TrackerIn)
@doors.response(201, AddedOut)
def add(told: dict[str, Any]) -> Response:
    """添加定位设备 · Add one; its secret and what sets the app up are told this once."""
    added = trackers.add(gate.actor(), told["kind"], told["name"], sealed=told["sealed"])
    return answer(
        {
            "tracker": added.tracker,
            "secret": added.secret,
            "key": added.key,
            "setup": asdict(_setup(added)),
        },
        201,
    )


@doors.patch("/trackers/<int:tracker_id>")
@guard("tracker.rename")
@doors.arguments(TrackerNameIn)
@doors.response(200, TrackerOut)
def rename(told: dict[str, str], tracker_id: int) -> Response:
    """重命名 · Call one of them something else."""
    return answer(trackers.rename(gate.actor(), tracker_id, told["name"]))


@doors.post("/trackers/<int:tracker_id>/revoke")
@guard("tracker.revoke")
@doors.response(200, TrackerOut)
def revoke(tracker_id: int) -> Response:
    """停用 · End one of them at once: the phone was lost."""
    return answer(trackers.revoke(gate.actor(), tracker_id))


@doors.post("/trackers/revoke")
@guard("tracker.revoke")
@doors.response(200, RevokedOut)
def revoke_all() -> Response:
    """全部停用 · End them all at once."""
    return answer({"revoked": trackers.revoke_all(gate.actor())})


@doors.get("/trackers/set-aside")
@guard("tracker.read")
@doors.arguments(DaysAsked, location="query")
@doors.response(200, SetAsideOut)
def set_aside(asked: dict[str, Any]) -> Response:
    """未保存的位置 · What was not kept of one's positions, by day and reason."""
    return answer(reads.set_aside(gate.actor(), **asked))


def _setup(added: Added) -> Setup:
    """What sets the app up, with the address this server was reached at."""
    tracker = added.tracker
    if tracker["kind"] == "traccar":
        return setups.traccar(gate.origin(), added.secret)
    device = f"guatu-{tracker['id']:02}"
    return setups.owntracks(gate.origin(), added.secret, device=device, key=added.key)
