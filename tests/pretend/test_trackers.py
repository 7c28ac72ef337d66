"""What a pretend phone tells between check-ins, in each dialect as the real app would, read by our own decoders."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from mobile_stub.pretend.client import Client, Link
from mobile_stub.pretend.phone import Phone, Senses
from mobile_stub.pretend.trackers import DIALECTS, NAME
from server.geo.datum import Datum
from server.ingest import native, owntracks, traccar
from server.ingest.fixes import Fixes
from tests.pretend.conftest import PretendServer

HERE = {"lng": 118.5, "lat": 29.6}


@pytest.fixture
def client(link: Link) -> Iterator[Client]:
    """A phone's end of the wire."""
    with closing(Client(link, username="zhangsan", password="a password", device="test")) as made:
        yield made


def out(client: Client, dialect: str, *, consent: bool = True) -> Phone:
    """A phone that has set out."""
    phone = Phone(client, Senses(dialect=dialect), say=lambda _: None, seed=1)
    phone.set_out(11, consent=consent)
    return phone


def decoded(server: PretendServer, dialect: str) -> Fixes:
    """What the server would read of the one message that came."""
    if dialect == "native":
        [batch] = server.positions
        return native.decode(json.dumps(batch).encode()).fixes
    [(path, headers, payload)] = server.told
    assert path == f"/ingest/{dialect}"
    if dialect == "traccar":
        envelope = traccar.decode(query=b"", body=payload, content_type=headers["Content-Type"])
    else:
        envelope = owntracks.decode(payload, sender=owntracks.sender(headers))
    assert envelope.sender.secret == "geheim-1"
    return envelope.fixes


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_place_on_the_way_is_told_in_each_dialect(
    server: PretendServer, client: Client, dialect: str
) -> None:
    server.trip["tracking"] = "track"
    phone = out(client, dialect)
    phone.pass_by(**HERE, speed_mps=10.0)
    phone.pass_by(**HERE, speed_mps=10.0)
    fixes = decoded(server, dialect)
    assert (fixes.lng.tolist(), fixes.lat.tolist(), fixes.datum) == ([118.5], [29.6], Datum.WGS84)
    assert fixes.accuracy_m.tolist() == [15.0]
    assert fixes.speed_mps.tolist() == [pytest.approx(10.0, abs=0.01)]


@pytest.mark.parametrize(("tracking", "consent"), [("checkins", True), ("track", False)])
def test_without_a_track_or_without_consent_nothing_is_told(
    server: PretendServer, client: Client, tracking: str, consent: bool
) -> None:
    server.trip["tracking"] = tracking
    phone = out(client, "traccar", consent=consent)
    phone.pass_by(**HERE, speed_mps=1.0)
    assert (server.told, server.positions, server.trackers) == ([], [], [])


def test_a_phone_enrols_its_app_anew_and_revokes_the_one_before(
    server: PretendServer, client: Client
) -> None:
    server.trip["tracking"] = "track"
    for _ in range(2):
        out(client, "owntracks")
    assert [(each["name"], each["revoked_at"] is None) for each in server.trackers] == [
        (NAME, False),
        (NAME, True),
    ]
