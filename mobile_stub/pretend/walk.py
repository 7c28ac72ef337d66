"""Walking a track as a person on a trip: what to do where, and doing it at the right pace."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from mobile_stub.pretend import ground
from mobile_stub.pretend.phone import Act, Phone, Stop
from mobile_stub.pretend.tracks import Walk


@dataclass(frozen=True)
class Pace:
    """How a walk is played: times faster than life, and the longest pause between steps in real seconds."""

    speed: float = 1.0
    longest_pause_s: float = 30.0


def acts(
    walk: Walk, stops: Sequence[Stop], *, settle_s: float = 30.0, every_s: float | None = None
) -> list[Act]:
    """What a person does along a walk: arrive and leave at each stop passed, a note every so often.

    People check in once they have settled (`settle_s` seconds inside, or half the stay if that is less) and
    before they go; a stop where the walk ends is not left. All in seconds of the walk, in step order.
    """
    planned = [act for stop in stops for act in _stay_acts(walk, stop, settle_s)]
    if every_s is not None:
        planned += _notes(walk, every_s)
    return sorted(planned, key=lambda act: act.step)


def replay(phone: Phone, walk: Walk, planned: Sequence[Act], pace: Pace, off: threading.Event) -> bool:
    """Play the walk, doing each act at its step; False when switched off on the way."""
    due = {step: list(group) for step, group in groupby(planned, key=lambda act: act.step)}
    pauses = [0.0, *(there.after_s - here.after_s for here, there in pairwise(walk))]
    for number, (step, pause_s) in enumerate(zip(walk, pauses, strict=True)):
        if off.wait(min(pace.longest_pause_s, pause_s / pace.speed)):
            return False
        phone.pass_by(lng=step.lng, lat=step.lat, speed_mps=_speed_mps(walk, number))
        for act in due.get(number, ()):
            phone.check_in(act, lng=step.lng, lat=step.lat)
    return True


def _speed_mps(walk: Walk, number: int) -> float:
    """How fast they came to a step, by the walk's own time."""
    here, there = walk[max(0, number - 1)], walk[number]
    took_s = there.after_s - here.after_s
    metres = ground.metres(lng=here.lng, lat=here.lat, to_lng=there.lng, to_lat=there.lat)
    return metres / took_s if took_s > 0 else 0.0


def _stay_acts(walk: Walk, stop: Stop, settle_s: float) -> Iterator[Act]:
    """Arrive and leave for the first real stay at a stop, or for the longest when all are short."""
    stays = list(_stays(walk, stop.shape))
    if not stays:
        return
    long_enough = [stay for stay in stays if _lasts_s(walk, stay) >= settle_s]
    first, last = long_enough[0] if long_enough else max(stays, key=lambda stay: _lasts_s(walk, stay))
    settled_s = walk[first].after_s + min(settle_s, _lasts_s(walk, (first, last)) / 2)
    arrive = next(index for index in range(first, last + 1) if walk[index].after_s >= settled_s)
    yield Act(arrive, "arrive", stop)
    if last < len(walk) - 1 and last > arrive:
        yield Act(last, "leave", stop)


def _stays(walk: Walk, shape: ground.Shape) -> Iterator[tuple[int, int]]:
    """First and last step of each unbroken run of steps inside a shape."""
    inside = ((index, ground.covers(shape, lng=step.lng, lat=step.lat)) for index, step in enumerate(walk))
    for within, run in groupby(inside, key=lambda pair: pair[1]):
        indices = [index for index, _ in run]
        if within:
            yield indices[0], indices[-1]


def _lasts_s(walk: Walk, stay: tuple[int, int]) -> float:
    return walk[stay[1]].after_s - walk[stay[0]].after_s


def _notes(walk: Walk, every_s: float) -> Iterator[Act]:
    """A note at the first step after each `every_s` seconds of the walk."""
    due_s = every_s
    for index, step in enumerate(walk):
        if step.after_s >= due_s:
            yield Act(index, "note")
            due_s = step.after_s + every_s
