"""Photos: what a check-in may tell of, what the quotas allow, and which duties may ask for one."""

from server.errors import PhotoRefused, PhotosFull

FORMS = ("jpeg", "png", "webp")
"""The kinds of picture that are kept."""

MOST = 9
"""So many photos one check-in may have."""

PART_BYTES = 1024 * 1024
"""The longest part of one that is taken at once."""

NEEDING = ("arrive", "visit", "patrol")
"""The kinds of check-in that are to have a photo on a duty that asks for them: those that say ‘here I am’."""


def is_missing(*, required: bool, kind: str, count: int) -> bool:
    """Whether a check-in should have told of a photo and did not. It is kept all the same."""
    return required and kind in NEEDING and count == 0


def ensure_told(*, number: int, count: int) -> None:
    """`PhotoRefused` unless the check-in told of that many: none is added to it afterwards."""
    if not 1 <= number <= count:
        zh = f"这次签到只说了有 {count} 张照片，事后不能增加"
        refuse(zh, f"photos the check-in told of: {count}; none is added to it afterwards")


def ensure_size(size: int, *, most_mb: int) -> None:
    """`PhotoRefused` for one that is larger than the setting allows."""
    if size > most_mb * 2**20:
        refuse(f"文件太大，最多 {most_mb} MB", f"the file is too large: at most {most_mb} MB")


def ensure_daily(sent: int, *, most: int, wait_s: int) -> None:
    """`PhotosFull` once a person has sent as many today as the setting allows; `wait_s` until tomorrow."""
    if sent >= most:
        raise PhotosFull(
            why_zh=f"您今天的照片已达 {most} 张的上限，其余的明天自动再传",
            why_en=f"you have reached today's limit of {most}; the others go out by themselves tomorrow",
            retry_after_s=wait_s,
        )


def ensure_room(kept: int, size: int, *, most_gb: int) -> None:
    """`PhotosFull` when the installation would keep more bytes of photos than the setting allows."""
    if kept + size > most_gb * 2**30:
        raise full()


def full() -> PhotosFull:
    """The refusal where the server has no room."""
    return PhotosFull(
        why_zh="服务器存放照片的空间已满，请联系管理员",
        why_en="the server has no room for more; tell an administrator",
        retry_after_s=FULL_WAIT_S,
    )


FULL_WAIT_S = 3600
"""When a phone may ask again whether there is room."""


def refuse(zh: str, en: str) -> None:
    """Raise `PhotoRefused` with its reason in both languages."""
    raise PhotoRefused(why_zh=zh, why_en=en)
