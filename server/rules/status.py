"""How an installation stands, in words an administrator can act on: when something is well, to watch, or wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
GB: Final = 10**9

GOOD, WATCH, WRONG = "good", "watch", "wrong"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found. Ages in seconds, sizes in bytes; None where it never happened."""

    lag_s: float
    sweep_age_s: float | None
    seal_age_s: float | None
    backup_age_s: float | None
    disk_free: int
    disk_total: int
    photos: int
    photos_quota: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the page: what, how it stands, the fact, and what to do (empty where nothing is)."""

    name: str
    state: str
    zh: str
    en: str
    do_zh: str = ""
    do_en: str = ""


def judge(seen: Seen) -> list[Item]:
    """Everything, in the order of the page."""
    return list(_items(seen))


def _items(seen: Seen) -> Iterator[Item]:
    yield _aged(
        "sweep", seen.sweep_age_s, HOUR_S, DAY_S,
        ("上次完整清扫在{age}前", "last done whole {age} ago"), ("从未清扫", "never done"),
        ("请检查定时任务 guatu-sweep.timer，并手工运行 flask sweep run 看原因",
         "look at guatu-sweep.timer, and run flask sweep run by hand to see why"),
    )  # fmt: skip
    yield _aged(
        "seal", seen.seal_age_s, 1.5 * DAY_S, 3 * DAY_S,
        ("最后存证的一天结束于 {age}前", "the last closed day ended {age} ago"), ("还没有存证", "no day is closed yet"),
        ("请运行 flask events verify 看原因", "run flask events verify to see why"),
        first=("清扫在每天凌晨一点后自动存证", "the sweep closes each day after one in the morning"),
    )  # fmt: skip
    yield _aged(
        "backup", seen.backup_age_s, 1.5 * DAY_S, 7 * DAY_S,
        ("上次备份在{age}前", "last made {age} ago"), ("这台服务器没有做过备份", "none was ever made on this machine"),
        ("请运行 flask backup，并检查夜间任务", "run flask backup, and look at the nightly timer"),
    )  # fmt: skip
    yield _disk(seen)
    yield _photos(seen)
    yield _stream(seen.lag_s)


def _aged(
    name: str,
    age_s: float | None,
    watch_s: float,
    wrong_s: float,
    told: tuple[str, str],
    never: tuple[str, str],
    do: tuple[str, str],
    *,
    first: tuple[str, str] | None = None,
) -> Item:
    """Something that should have happened not too long ago."""
    if age_s is None:
        return Item(name, WATCH, *never, *(first or do))
    zh, en = (words.format(age=in_words(age_s, lang)) for words, lang in zip(told, ("zh", "en"), strict=True))
    state = WRONG if age_s > wrong_s else WATCH if age_s > watch_s else GOOD
    return Item(name, state, zh, en, *(do if state != GOOD else ("", "")))


def _disk(seen: Seen) -> Item:
    """The disk of the server's own folder."""
    free, total = seen.disk_free / GB, seen.disk_total / GB
    state = WRONG if free < 1 else WATCH if free < max(5, 0.1 * total) else GOOD
    do = ("请清理磁盘或扩容", "make room, or add some") if state != GOOD else ("", "")
    return Item(
        "disk", state, f"剩余 {free:.0f} GB，共 {total:.0f} GB", f"{free:.0f} of {total:.0f} GB free", *do
    )


def _photos(seen: Seen) -> Item:
    """The quota of photos."""
    used, most = seen.photos / GB, seen.photos_quota / GB
    share = seen.photos / seen.photos_quota
    state = WRONG if share >= 0.99 else WATCH if share > 0.8 else GOOD
    do = ("请提高 GUATU_PHOTOS_GB", "raise GUATU_PHOTOS_GB") if state != GOOD else ("", "")
    return Item(
        "photos", state, f"已用 {used:.1f} GB，上限 {most:.0f} GB", f"{used:.1f} of {most:.0f} GB used", *do
    )


def _stream(lag_s: float) -> Item:
    """How far open pages are behind."""
    state = WRONG if lag_s > 60 else WATCH if lag_s > 5 else GOOD
    do = (
        ("数据库中可能有未结束的事务", "a transaction may be open in the database")
        if state != GOOD
        else ("", "")
    )
    if state == GOOD:
        return Item("stream", state, "网页实时更新正常", "open pages are up to date")
    return Item("stream", state, f"网页落后 {lag_s:.0f} 秒", f"open pages are {lag_s:.0f} s behind", *do)


def in_words(age_s: float, lang: str) -> str:
    """An age in the largest unit that fits: `5 分钟`, `3 h`."""
    for unit_s, zh, en in ((DAY_S, "天", "day"), (HOUR_S, "小时", "hour"), (60.0, "分钟", "minute")):
        if age_s >= unit_s:
            count = round(age_s / unit_s)
            return f"{count} {zh}" if lang == "zh" else f"{count} {en}{'' if count == 1 else 's'}"
    return "不到 1 分钟" if lang == "zh" else "less than a minute"
