"""How an installation stands, in words an administrator can act on: when something is well, to watch, or wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
GB: Final = 10**9

GOOD, WATCH, WRONG = "good", "watch", "wrong"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that the proxy serves: in how many seconds it runs out; None where it cannot be read."""

    left_s: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found. Ages in seconds, sizes in bytes; None where it never happened.

    `clock_ahead_s` is by how much the server's clock seems ahead of everybody else's (negative: behind).
    """

    lag_s: float
    sweep_age_s: float | None
    seal_age_s: float | None
    backup_age_s: float | None
    disk_free: int
    disk_total: int
    photos: int
    photos_quota: int
    writable: bool = True
    clock_ahead_s: float = 0.0
    certificate: Certificate | None = None


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
        ("最后存证的一天结束于{age}前", "the last closed day ended {age} ago"), ("还没有存证", "no day is closed yet"),
        ("请运行 flask events verify 看原因", "run flask events verify to see why"),
        first=("清扫在每天凌晨一点后自动存证", "the sweep closes each day after one in the morning"),
    )  # fmt: skip
    yield _aged(
        "backup", seen.backup_age_s, 1.5 * DAY_S, 7 * DAY_S,
        ("上次备份在{age}前", "last made {age} ago"), ("这台服务器没有做过备份", "none was ever made on this machine"),
        ("请检查定时任务 guatu-backup.timer，并手工运行 flask backup",
         "look at guatu-backup.timer, and run flask backup by hand"),
    )  # fmt: skip
    yield _disk(seen)
    yield _photos(seen)
    yield _database(writable=seen.writable)
    yield _stream(seen.lag_s)
    yield _clock(seen.clock_ahead_s)
    if seen.certificate is not None:
        yield _certificate(seen.certificate.left_s)


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


def _database(*, writable: bool) -> Item:
    """Whether the database takes anything in."""
    if writable:
        return Item("database", GOOD, "可以读写", "it can be read and written")
    return Item(
        "database",
        WRONG,
        "只读：现在只能查看，签到和定位暂存在手机上",
        "read-only: pages can be read, phones keep check-ins and positions",
        "请检查磁盘和文件权限；PostgreSQL 请看它是否成了备库",
        "look at its disk and the rights of its file; on PostgreSQL, whether it became a standby",
    )


CLOCK_S = (60.0, 600.0)
"""From how many seconds on a clock is to be watched, and wrong."""

FEWEST = 5
"""So many phones must agree before it is the server's clock that is off, not theirs."""


def agreed_s(skews_s: Sequence[float]) -> float:
    """By how many seconds the server is ahead of its phones, as most of them say; 0 where too few say anything."""
    return median(skews_s) if len(skews_s) >= FEWEST else 0.0


def is_behind(recorded_at: datetime, now: datetime) -> bool:
    """Whether what was recorded last lies so far ahead that the clock must have been put back since."""
    return (recorded_at - now).total_seconds() >= CLOCK_S[0]


def _clock(ahead_s: float) -> Item:
    """The server's clock against phones', and against what it recorded itself."""
    off_s = abs(ahead_s)
    if off_s < CLOCK_S[0]:
        return Item("clock", GOOD, "没有发现偏差", "nothing says that it is off")
    way_zh, way_en = ("快", "ahead") if ahead_s > 0 else ("慢", "behind")
    return Item(
        "clock",
        WRONG if off_s >= CLOCK_S[1] else WATCH,
        f"服务器时钟似乎{way_zh}了{in_words(off_s, 'zh')}",
        f"the server's clock seems {in_words(off_s, 'en')} {way_en}",
        "请用 timedatectl 核对，并启用对时（chrony 或 systemd-timesyncd）",
        "look at timedatectl, and let chrony or systemd-timesyncd set it",
    )


def _certificate(left_s: float | None) -> Item:
    """How long the certificate is still good for."""
    do = (
        "请换新证书，再执行 systemctl reload nginx",
        "put a new one in its place, then systemctl reload nginx",
    )
    if left_s is None:
        return Item("certificate", WATCH, "证书文件无法读取", "its file cannot be read", *do)
    if left_s <= 0:
        zh, en = (
            f"已过期{in_words(-left_s, 'zh')}：手机和浏览器连不上",
            f"it ran out {in_words(-left_s, 'en')} ago",
        )
        return Item("certificate", WRONG, zh, en, *do)
    state = WRONG if left_s < 3 * DAY_S else WATCH if left_s < 21 * DAY_S else GOOD
    zh, en = f"还有{in_words(left_s, 'zh')}到期", f"it runs out in {in_words(left_s, 'en')}"
    return Item("certificate", state, zh, en, *(do if state != GOOD else ("", "")))


def in_words(age_s: float, lang: str) -> str:
    """An age in the largest unit that fits or is reached by rounding: ` 5 分钟` (after Chinese a figure stands
    apart), `1 hour` for just under one.
    """
    for unit_s, finer_s, zh, en in (
        (DAY_S, HOUR_S, "天", "day"),
        (HOUR_S, 60.0, "小时", "hour"),
        (60.0, 1.0, "分钟", "minute"),
    ):
        if round(age_s / finer_s) * finer_s >= unit_s:
            count = round(age_s / unit_s)
            return f" {count} {zh}" if lang == "zh" else f"{count} {en}{'' if count == 1 else 's'}"
    return "不到 1 分钟" if lang == "zh" else "less than a minute"
