"""Hooks 群机器人 as rules: how a robot is addressed and signed, what it is told, and what its answer means.

WeCom's robot has its key in its address. DingTalk's, where it is to be signed (加签), wants the time in milliseconds
and an HMAC-SHA256 of time and secret beside it. Both take 20 messages a minute and answer with an `errcode`.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn
from urllib.parse import urlencode, urlsplit

import orjson

from server.errors import HookRefused
from server.rules import notice_kinds
from server.rules.notice_kinds import Words

KINDS: Final = ("wecom", "dingtalk")
LANGUAGES: Final = ("zh", "en")
STATES: Final = ("waiting", "sending", "sent", "unsure", "given_up")
"""`unsure`: it was handed over and nothing came back. It is not sent again, lest a group read it twice."""

MOST_BYTES: Final = 2048
"""The longest text a WeCom robot takes."""

MOST_UNITS: Final = 4
"""So many units of a line are named."""

SOON, LATEST, AT_MOST = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=12)
"""The first wait before another try, the longest one, and how old a message may become."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many notices of a kind that concern a unit."""

    kind: str
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try came to: `sent`, `again` (it certainly did not arrive), `refused` or `unsure`; and what was said."""

    state: str
    said: str


def check_address(address: str, origins: Sequence[str]) -> None:
    """`HookRefused` unless an address lies at one of the origins the operator allows (`https://qyapi.weixin.qq.com`)."""
    try:
        parts = urlsplit(address)
        at = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        at = ""
    if not address.isascii() or any(char.isspace() for char in address) or at not in origins:
        known = "、".join(origins)
        refuse(f"地址只能是 {known} 上的", f"its address lies at one of {known}")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `HookRefused` with its reason in both languages."""
    raise HookRefused(why_zh=zh, why_en=en)


# ── on the wire ─────────────────────────────────────────────────────────────────────────────────────────


def signed(kind: str, address: str, secret: str | None, at: datetime) -> str:
    """The address a message goes to at an instant: DingTalk's with time and signature, where it has a secret."""
    if kind != "dingtalk" or secret is None:
        return address
    stamp = str(round(at.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def body(text: str) -> bytes:
    """A text as both robots take it."""
    return orjson.dumps({"msgtype": "text", "text": {"content": text}})


_TOO_OFTEN: Final = frozenset({-1, 45009, 90030, 130101})
"""Answers that ask for patience: busy, or too many messages within a minute."""


def outcome(status: int, content: bytes) -> Outcome:
    """What a robot's answer means."""
    if status == 429 or status >= 500:
        return Outcome("again", f"HTTP {status}")
    try:
        answer = orjson.loads(content)
        code, words = int(answer["errcode"]), str(answer.get("errmsg", ""))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return Outcome("refused", f"HTTP {status}")
    if code == 0 and status == 200:
        return Outcome("sent", "ok")
    return Outcome("again" if code in _TOO_OFTEN else "refused", f"{code} {words}"[:200])


def tries_at(tries: int, *, now: datetime, made_at: datetime) -> datetime | None:
    """When to try again after so many tries; None once the message is too old for it."""
    at = now + min(SOON * 2 ** (tries - 1), LATEST)
    return at if at <= made_at + AT_MOST else None


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────

_HEADS: Final = {
    False: Words("【挂图】{unit} {at} 提醒汇总", "[Guatu] {unit}, {at}: what has come up"),
    True: Words("【挂图 紧急】{unit} {at}", "[Guatu, urgent] {unit}, {at}"),
}
_FOOT: Final = Words("详情请登录挂图查看。", "Sign in to Guatu to read more.")
_TRIED: Final = Words("【挂图】{unit}：这是一条测试消息。", "[Guatu] {unit}: this is a test message.")


def text(unit: str, at: str, counted: Sequence[Counted], *, lang: str, urgent: bool) -> str:
    """A digest, or an urgent message: a line for each kind with its units in their order; no person, no place."""
    lines = [_line(kind, found, lang) for kind, found in _by_kind(counted).items()]
    head = _in(_HEADS[urgent].told(unit=unit, at=at), lang)
    return _cut("\n".join([head, *lines, _in(_FOOT, lang)]))


def trial(unit: str, *, lang: str) -> str:
    """What a robot is told to try it."""
    return _in(_TRIED.told(unit=unit), lang)


def _by_kind(counted: Sequence[Counted]) -> Mapping[str, list[Counted]]:
    """What was counted by kind, in the order of the table of kinds."""
    found: dict[str, list[Counted]] = {name: [] for name in notice_kinds.KINDS}
    for one in counted:
        found[one.kind].append(one)
    return {name: each for name, each in found.items() if each}


def _line(kind: str, found: Sequence[Counted], lang: str) -> str:
    """One kind: how many, and of which units."""
    words = notice_kinds.KINDS[kind].group
    assert words is not None, "only kinds that groups are told of are counted"
    units = [f"{one.unit} {one.count}" for one in found[:MOST_UNITS]]
    comma, stop = ("、", "：") if lang == "zh" else (", ", " – ")
    more = "" if len(found) <= MOST_UNITS else "…"
    return f"· {_in(words.told(n=sum(one.count for one in found)), lang)}{stop}{comma.join(units)}{more}"


def _in(words: Words, lang: str) -> str:
    """A sentence in one language."""
    return words.zh if lang == "zh" else words.en


def _cut(long: str) -> str:
    """As much of a text as a robot takes."""
    return long.encode()[:MOST_BYTES].decode(errors="ignore")
