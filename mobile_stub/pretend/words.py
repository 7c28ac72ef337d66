"""What the phone says on its one line per check-in: Chinese first, English beside."""

from typing import Any

KINDS = {
    "arrive": "到达 arrive",
    "visit": "走访 visit",
    "leave": "离开 leave",
    "patrol": "巡查 patrol",
    "note": "记事 note",
}
OUTCOMES = {
    "inside": "● 在内 inside",
    "uncertain": "◐ 存疑 uncertain",
    "outside": "○ 在外 outside",
    "not_judged": "– 未判定 not judged",
}
WINDOWS = {"early": "早到 early", "late": "迟到 late"}


def told(checkin: dict[str, Any]) -> str:
    """One line for a kept check-in: kind, stop, verdict in words, window and signals if any."""
    stop = checkin.get("stop") or {}
    parts = [KINDS.get(checkin["kind"], checkin["kind"]), stop.get("name", ""), verdict(checkin["verdict"])]
    parts += [WINDOWS.get(checkin.get("window") or "", ""), signals(checkin.get("signals") or [])]
    return " · ".join(part for part in parts if part)


def verdict(judged: dict[str, Any]) -> str:
    """The verdict's mark and word, then the server's own sentences."""
    mark = OUTCOMES.get(judged["outcome"], judged["outcome"])
    sentences = " / ".join(judged[key] for key in ("zh", "en") if judged.get(key))
    return f"{mark} ({sentences})" if sentences else mark


def signals(raised: list[dict[str, Any]]) -> str:
    """The signals by name, or nothing."""
    names = ", ".join(f"{signal.get('zh', signal['code'])} {signal['code']}" for signal in raised)
    return f"疑点 signals: {names}" if names else ""
