"""Positions: which of a phone's fixes may be kept and why not, on which duty, and how content is told apart.

Everything here works on arrays: (n,) seconds since the epoch, (n,) metres, (n, 2) degrees in WGS-84. None of it
compares a fix with the one before, so that the order of arrival cannot matter.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FUTURE_S: Final = 300.0
"""How far a fix may lie in the future: clocks are never quite right."""

AGAIN_S: Final = 900.0
"""A fix without a time of its own is the same one again when its content comes within this time."""

ABSURD_ACCURACY_M: Final = 50_000.0
ABSURD_SPEED_MPS: Final = 400.0
NOWHERE_DEG: Final = 0.01
"""Within this of 0° N 0° E no phone is: it is what a broken one says."""

SET_ASIDE: Final = {
    "no_position": ("消息里没有位置", "the message held no position"),
    "not_a_position": ("不是定位消息", "the message was of another kind"),
    "unreadable_item": ("内容无法识别", "it could not be read"),
    "impossible_coordinates": ("坐标不可能", "its coordinates are impossible"),
    "impossible_time": ("时间不可能", "its time is impossible"),
    "no_time": ("没有时间", "it had no time"),
    "unknown_kind": ("未知的消息类型", "the message was of an unknown kind"),
    "not_opened": ("加密内容无法解开", "it was sealed with another key"),
    "in_the_future": ("时间在未来，请检查手机时钟", "its time lies in the future: check the phone's clock"),
    "too_old": ("早于保存期限", "it is older than positions are kept"),
    "implausible": ("数值不可信", "its values cannot be right"),
    "not_on_duty": ("当时不在任务中", "you were not on duty then"),
    "start_not_known": (
        "当时服务器尚未收到任务开始",
        "the server had not heard of the duty's start by then",
    ),
    "not_tracked": ("当时的任务不记录轨迹", "the duty of then records no track"),
    "no_consent": ("当时没有您对轨迹的同意", "you had not agreed to a track then"),
}
"""Why a position was not kept, in words its owner reads."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A person's duty as far as keeping a track goes; instants are seconds since the epoch.

    It runs from `started_s` to `ended_s` (infinity: still under way); for positions it begins at `known_s`, when
    the server heard of its start. `consented_s` is since when they agree to a track (infinity: they do not).
    """

    trip_id: int
    started_s: float
    known_s: float
    ended_s: float
    tracked: bool
    consented_s: float


NO_DUTY: Final = -1


def implausible(lnglat: Array, accuracy_m: Array) -> NDArray[np.bool_]:
    """Which of n fixes, (n, 2) WGS-84, no phone on earth measured: nowhere at all, or as vague as a province."""
    nowhere = (np.abs(lnglat) < NOWHERE_DEG).all(axis=1)
    found: NDArray[np.bool_] = nowhere | (accuracy_m > ABSURD_ACCURACY_M)
    return found


def untimely(
    at_s: Array, *, now_s: Array | float, keep_s: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of n instants lie too far in the future, and which are older than positions are kept."""
    return at_s > now_s + FUTURE_S, at_s < now_s - keep_s


PUT_BACK_S: Final = 60
"""A clock by which something was later than now, by more than this, was put back."""


def was_put_back(seen_at: datetime | None, *, now: datetime) -> bool:
    """Whether the clock shows less than it did when something was seen last."""
    return seen_at is not None and (seen_at - now).total_seconds() > PUT_BACK_S


def assign(at_s: Array, duties: Sequence[Duty]) -> tuple[NDArray[np.int64], list[str]]:
    """On which duty each of n instants is kept: trip ids (`NO_DUTY` for none), and a word for why not ("" when kept).

    Without any tolerance. Of several duties the one started last has it. The word is that of the duty which came
    nearest to keeping it.
    """
    trip = np.full(len(at_s), NO_DUTY, dtype=np.int64)
    nearest = np.zeros(len(at_s), dtype=np.intp)
    for duty in sorted(duties, key=lambda each: (each.started_s, each.trip_id)):
        reached = _reached(at_s, duty)
        trip[reached == len(_STEPS)] = duty.trip_id
        np.maximum(nearest, reached, out=nearest)
    return trip, [(*_STEPS, "")[step] for step in nearest.tolist()]


_STEPS: Final = ("not_on_duty", "start_not_known", "not_tracked", "no_consent")


def _reached(at_s: Array, duty: Duty) -> Rows:
    """How many of the steps to being kept each instant takes on a duty, in the order of `_STEPS`."""
    steps = (
        (duty.started_s <= at_s) & (at_s <= duty.ended_s),
        duty.known_s <= at_s,
        np.full(len(at_s), duty.tracked),
        duty.consented_s <= at_s,
    )
    reached: Rows = np.cumprod(np.stack(steps), axis=0, dtype=np.intp).sum(axis=0)
    return reached


# ── content ─────────────────────────────────────────────────────────────────────────────────────────────

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)


def fingerprints(columns: Sequence[Array], notes: Sequence[str | None]) -> NDArray[np.int64]:
    """A number for the content of each of n fixes, (n,): columns are (n,) numbers, NaN the same as NaN.

    Not a secret and no proof, only a choice that does not hang on who came first.
    """
    mixed = np.zeros(len(notes), dtype=np.uint64)
    words = np.array([0 if note is None else _number(note) for note in notes], dtype=np.uint64)
    with np.errstate(over="ignore"):
        for bits in (
            *(np.ascontiguousarray(column, dtype=np.float64).view(np.uint64) for column in columns),
            words,
        ):
            mixed = (mixed ^ bits) * _MULTIPLIER
            mixed ^= mixed >> _SHIFT
    return mixed.view(np.int64)


def _number(text: str) -> int:
    """A number for a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


# ── areas ───────────────────────────────────────────────────────────────────────────────────────────────


def packed(counts: Rows, versions: NDArray[np.int64], inside: NDArray[np.bool_]) -> list[bytes]:
    """Which area versions each of n discs touches, as bytes: 4 a version, little-endian, its row's id; negative
    where the disc lies across its edge.

    `counts` (n,) says how many of the m `versions` and `inside` belong to each fix, in order.
    """
    signed = np.where(inside, versions, -versions).astype("<i4").tobytes()
    ends = (4 * np.cumsum(counts)).tolist()
    return [signed[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)] if ends else []


def versions(areas: bytes) -> tuple[int, ...]:
    """The area versions of one disc, as `packed` wrote them: negative where it lies across the edge."""
    return struct.unpack(f"<{len(areas) // 4}i", areas)


def unpacked(areas: Sequence[bytes]) -> tuple[Rows, NDArray[np.int64], NDArray[np.bool_]]:
    """The way back: for each of m pairs the row of the fix, the area version's id, and whether it lies wholly in."""
    signed = np.frombuffer(b"".join(areas), dtype="<i4").astype(np.int64)
    row = np.repeat(np.arange(len(areas)), [len(each) // 4 for each in areas])
    return row, np.abs(signed), signed > 0
