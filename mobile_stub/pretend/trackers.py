"""What tells positions between check-ins: the signed-in phone itself, or a tracker app beside it in its own words.

`native` sends batches as the person's own phone; `traccar` and `owntracks` are enrolled over the interface and then
speak as Traccar Client 10 and OwnTracks do, with a secret of their own and in WGS-84, whatever the phone emits.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from mobile_stub.pretend.client import Client, Json

DIALECTS = ("native", "traccar", "owntracks")
NAME = "模拟定位 pretend tracker"
KNOTS_PER_MPS = 1.9438445
KMH_PER_MPS = 3.6


@dataclass(frozen=True)
class Fix:
    """One measured place: degrees in a datum, metres, m/s, seconds since the epoch."""

    lng: float
    lat: float
    datum: str
    accuracy_m: float
    speed_mps: float
    at_s: float


Tracker = Callable[[Fix], None]
"""Sends one fix; back once the server has answered that it is kept, or set aside."""


def tracker(dialect: str, client: Client) -> Tracker:
    """A tracker of the signed-in person; an app's is enrolled now, in place of the one enrolled before."""
    if dialect == "native":
        return lambda fix: native(client, fix)
    secret = _enrolled(dialect, client)
    send = traccar if dialect == "traccar" else owntracks
    return lambda fix: send(client, secret, fix)


def native(client: Client, fix: Fix) -> None:
    """As the phone's own batch."""
    columns = {
        "lng": [fix.lng],
        "lat": [fix.lat],
        "fixed_at": [fix.at_s],
        "accuracy_m": [fix.accuracy_m],
        "speed_mps": [fix.speed_mps],
    }
    client.send("POST", "/positions", lambda: {"sent_at": fix.at_s, "datum": fix.datum, "columns": columns})


def traccar(client: Client, secret: str, fix: Fix) -> None:
    """As Traccar Client 10: a form, speed in knots."""
    form = {
        "id": secret,
        "timestamp": round(fix.at_s),
        "lat": fix.lat,
        "lon": fix.lng,
        "accuracy": fix.accuracy_m,
        "speed": round(fix.speed_mps * KNOTS_PER_MPS, 2),
        "batt": 80,
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    client.deliver("/ingest/traccar", urlencode(form).encode(), kind)


def owntracks(client: Client, secret: str, fix: Fix) -> None:
    """As OwnTracks: JSON, speed in km/h, the secret as a password."""
    message = {
        "_type": "location",
        "tid": "ph",
        "tst": round(fix.at_s),
        "lat": fix.lat,
        "lon": fix.lng,
        "acc": round(fix.accuracy_m),
        "vel": round(fix.speed_mps * KMH_PER_MPS),
        "batt": 80,
    }
    basic = base64.b64encode(f"phone:{secret}".encode()).decode()
    kind = {"Content-Type": "application/json", "Authorization": f"Basic {basic}"}
    client.deliver("/ingest/owntracks", json.dumps(message).encode(), kind)


def _enrolled(kind: str, client: Client) -> str:
    """The secret of a new tracker; what this phone enrolled in an earlier life is revoked."""
    for known in client.get("/trackers")["items"]:
        if known["name"] == NAME and known["kind"] == kind and known["revoked_at"] is None:
            client.send("POST", f"/trackers/{known['id']}/revoke", dict)
    told: Json = client.send("POST", "/trackers", lambda: {"kind": kind, "name": NAME, "sealed": False})
    return str(told["secret"])
