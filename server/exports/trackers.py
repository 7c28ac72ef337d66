"""What sets a tracker app up: a link, the QR code to scan, and the words to type where neither is understood.

Traccar Client, in its settings, scans the server's address with the settings in its query; its link says the same
(asked back before it is applied). OwnTracks opens `owntracks:///config?inline=…`, base64 of its configuration.
Both are set for the screen off and a battery that lasts a day: a position about every 50 m, none while at rest.

Sources: Traccar Client's configuration service and QR screen; OwnTracks' booklet (JSON, remote configuration), its
Android preferences, and its issues on `encryptionKey` (iOS from 17.2.5).
"""

import base64
import io
import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import segno

DISTANCE_M: Final = 50
INTERVAL_S: Final = 60
AT_REST_S: Final = 900
USERNAME: Final = "guatu"
"""OwnTracks wants a user name beside the secret; it tells us nothing, and so it tells nobody anything."""

_TRACCAR: Final = {
    "accuracy": "high",
    "distance": DISTANCE_M,
    "interval": INTERVAL_S,
    "heartbeat": AT_REST_S,
    "buffer": "true",
    "stop_detection": "true",
}
_OWNTRACKS: Final = {
    "_type": "configuration",
    "mode": 3,  # HTTP
    "auth": True,
    "monitoring": 1,  # significant changes
    "locatorInterval": INTERVAL_S,
    "locatorDisplacement": DISTANCE_M,
    "extendedData": True,  # speed and course as well
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of an app's settings: what the app calls it, and what to type there."""

    zh: str
    en: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Setup:
    """How an app is set up; each of the three holds the tracker's secret."""

    link: str = field(repr=False)
    qr: str = field(repr=False)
    typed: tuple[Typed, ...]


def traccar(origin: str, secret: str) -> Setup:
    """For Traccar Client: the identifier is the secret. `origin` is our own address, without a slash at its end."""
    url = f"{origin}/ingest/traccar"
    settings = {"id": secret, **_TRACCAR}
    return Setup(
        link=f"org.traccar.client://config?{urlencode({'url': url, **settings})}",
        qr=qr(f"{url}?{urlencode(settings)}"),
        typed=(
            Typed("服务器地址", "Server URL", url),
            Typed("设备标识", "Device identifier", secret),
            Typed("定位精度", "Location accuracy", "高 / High"),
            Typed("距离（米）", "Distance (metres)", str(DISTANCE_M)),
            Typed("静止心跳（秒）", "Stationary heartbeat (seconds)", str(AT_REST_S)),
        ),
    )


def owntracks(origin: str, secret: str, *, device: str, key: str | None) -> Setup:
    """For OwnTracks over HTTP, its messages sealed with `key` where there is one."""
    url = f"{origin}/ingest/owntracks"
    link = _inline(
        _OWNTRACKS
        | {"url": url, "username": USERNAME, "password": secret, "deviceId": device, "tid": device[-2:]}
        | {"encryptionKey": key or ""}
    )
    return Setup(
        link=link,
        qr=qr(link),
        typed=(
            Typed("连接模式", "Mode", "HTTP"),
            Typed("网址", "URL", url),
            Typed("用户名", "Username", USERNAME),
            Typed("密码", "Password", secret),
            Typed("设备名", "Device ID", device),
            *([Typed("加密密钥", "Encryption key", key)] if key else []),
        ),
    )


def qr(text: str) -> str:
    """A text as a QR code: an SVG document, black on white with its quiet zone, without a size of its own."""
    out = io.BytesIO()
    code = segno.make_qr(text, error="l")
    code.save(out, kind="svg", xmldecl=False, nl=False, omitsize=True, border=4, dark="#000", light="#fff")
    return out.getvalue().decode()


def _inline(configuration: dict[str, Any]) -> str:
    """OwnTracks' link. A blank or two at the end spare the padding, and base64 of such letters has no `+` or `/`,
    so there is nothing in it that a browser, a chat or a QR reader could escape.
    """
    text = json.dumps(configuration, separators=(",", ":"))
    packed = base64.b64encode((text + " " * (-len(text) % 3)).encode()).decode()
    return f"owntracks:///config?inline={packed}"
