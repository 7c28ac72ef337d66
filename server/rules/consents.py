"""Consent: what a person agrees to before a position of theirs is kept, in words, each version kept for ever."""

from server.errors import ConsentRefused

LEVELS = ("checkins", "track")

CURRENT_WORDS = "2026-01"

WORDS = {
    "2026-01": {
        "checkins": (
            "我同意：在本次行程进行期间，我签到时的位置会被记录，用于形成行程日志和复核。"
            "只记录我按下签到时的那一个位置；行程结束即停止。查看过我位置的人会留下记录，我可以看到。"
            "我可以随时撤回同意，撤回后不再保存任何位置；不同意也可以签到，只是不带位置。",
            "I agree that, while this trip is under way, my position is recorded when I check in, to write the trip "
            "log and to review it. Only the one position of each check-in is kept; it ends with the trip. Whoever "
            "looks at my positions is recorded, and I can read it. I may withdraw at any time; from then on no "
            "position is kept. Without consent I can still check in, only without a position.",
        ),
        "track": (
            "我同意：在本次行程进行期间，我的手机位置会被连续记录，用于形成行程日志、保障安全和复核。"
            "行程开始后才记录，行程结束即停止。查看过我轨迹的人会留下记录，我可以看到。"
            "我可以随时撤回同意，撤回后不再保存任何位置；不同意也可以签到，只是不带位置。",
            "I agree that, while this trip is under way, the position of my phone is recorded continuously, to write "
            "the trip log, for safety, and to review it. It begins after the trip has started and ends with it. "
            "Whoever looks at my track is recorded, and I can read it. I may withdraw at any time; from then on no "
            "position is kept. Without consent I can still check in, only without a position.",
        ),
    },
}


def ensure_level(level: str, *, tracking: str) -> None:
    """`ConsentRefused` when a trip takes less than `level`: nobody is asked for more than is used."""
    if tracking == "none":
        raise ConsentRefused(why_zh="本次行程不记录位置", why_en="this trip records no positions")
    if level == "track" and tracking != "track":
        raise ConsentRefused(
            why_zh="本次行程只记录签到位置", why_en="this trip records positions of check-ins only"
        )


def kept(level: str, *, checkin_days: int, position_days: int) -> tuple[str, str]:
    """For how long what is agreed to is kept, as it is set now, Chinese and English."""
    zh = f"签到的位置自收到起保存 {checkin_days} 天，到期自动清除；"
    en = f"The position of a check-in is kept for {checkin_days} days after it arrived, then blanked by itself; "
    if level == "track":
        zh += f"轨迹的定位点保存 {position_days} 天，到期自动删除；"
        en += f"those of the track for {position_days} days, then deleted by themselves; "
    return f"{zh}我也可以随时自己删除。", f"{en}I may erase them myself at any time before."


def words(level: str, version: str) -> tuple[str, str]:
    """The words agreed to, Chinese and English."""
    return WORDS[version][level]
