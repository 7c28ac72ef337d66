"""Looking needs a reason: the ready-made ones, and what counts as a reason at all."""

from dataclasses import dataclass

from server.errors import BadInput

LEAST, MOST = 2, 200
"""The length of a reason, in characters."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A ready-made reason: its code, and its words in both languages."""

    code: str
    zh: str
    en: str


REASONS = {
    reason.code: reason
    for reason in (
        Reason("trip_review", "本次行程复核", "Review of this trip"),
        Reason("duty_watch", "值班查看", "Duty watch"),
        Reason("safety", "安全应急", "Safety or emergency"),
        Reason("complaint_check", "核实投诉", "Checking a complaint"),
        Reason("support", "现场协调支援", "Help for those in the field"),
        Reason("leader_request", "领导交办", "Asked for by a leader"),
    )
}


def words(told: str) -> str:
    """The reason as it is kept: a ready-made one's code becomes its Chinese words, any other stays as told.

    `BadInput` on the field `reason` unless 2 to 200 characters are left once the spaces are.
    """
    kept = REASONS[told].zh if told in REASONS else " ".join(told.split())
    if not LEAST <= len(kept) <= MOST:
        zh, en = f"请用 {LEAST} 至 {MOST} 个字说明理由", f"Say why in {LEAST} to {MOST} characters"
        raise BadInput(fields={"reason": [{"zh": zh, "en": en}]})
    return kept
