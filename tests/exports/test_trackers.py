"""What sets a tracker app up, read back the way the apps read it."""

import base64
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from server.exports import trackers
from server.ingest import owntracks, traccar

ORIGIN = "https://guatu.example.gov.cn"
SECRET = "7kq2-m9xd-0a1b-2c3d-4e5f-6g7h-8j9k"
KEY = "0123456789abcdefghjkmnpqrstvwxyz"


def test_traccar_client_is_told_our_door_and_its_identifier() -> None:
    made = trackers.traccar(ORIGIN, SECRET)
    asked = parse_qs(urlsplit(made.link).query)
    assert made.link.startswith("org.traccar.client://config?")
    assert asked["url"] == [f"{ORIGIN}/ingest/traccar"]
    assert asked["id"] == [SECRET]
    assert [each.value for each in made.typed[:2]] == [f"{ORIGIN}/ingest/traccar", SECRET]
    sent = traccar.decode(query=f"id={asked['id'][0]}&lat=30&lon=120&timestamp=1763900000".encode())
    assert sent.sender.secret == SECRET


@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("host", ["a.cn", "guatu.example.gov.cn:8443", "10.0.0.12/挂图~?>".encode().hex()])
def test_owntracks_link_survives_every_reader_and_sets_it_up(host: str, key: str | None) -> None:
    made = trackers.owntracks(f"https://{host}", SECRET, device="guatu-07", key=key)
    head, _, packed = made.link.partition("inline=")
    assert head == "owntracks:///config?"
    assert re.fullmatch(r"[0-9A-Za-z]+", packed)
    told = json.loads(base64.b64decode(packed, validate=True))
    assert (told["_type"], told["mode"], told["auth"]) == ("configuration", 3, True)
    assert told["url"] == f"https://{host}/ingest/owntracks"
    assert (told["encryptionKey"], told["deviceId"], told["tid"]) == (key or "", "guatu-07", "07")
    basic = base64.b64encode(f"{told['username']}:{told['password']}".encode()).decode()
    assert owntracks.sender({"Authorization": f"Basic {basic}"}).secret == SECRET
    assert (KEY in [each.value for each in made.typed]) is (key is not None)


def test_a_code_is_one_drawing_with_a_quiet_zone_and_nothing_that_runs() -> None:
    drawn = trackers.owntracks(ORIGIN, SECRET, device="guatu-07", key=KEY).qr
    assert drawn.startswith("<svg xmlns=")
    assert set(re.findall(r"<(\w+)", drawn)) == {"svg", "path"}
    assert len(drawn) < 16_000


def test_nothing_told_once_shows_in_a_representation() -> None:
    for made in (
        trackers.traccar(ORIGIN, SECRET),
        trackers.owntracks(ORIGIN, SECRET, device="guatu-07", key=KEY),
    ):
        assert SECRET not in repr(made)
        assert KEY not in repr(made)
