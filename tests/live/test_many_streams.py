"""The server as it is run, with two hundred open streams: check-ins are answered, every frame arrives once."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people
from tests.people import County, Headers
from tests.support.serving import Served
from tests.support.streams import Stream, listen
from tests.trips import told, under_way

STREAMS = 200
CHECKINS = 60
SITTINGS = 25
ANSWERED_WITHIN_S = 2.0


@contextmanager
def door(port: int) -> Iterator[http.client.HTTPConnection]:
    """A connection of a phone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        yield connection
    finally:
        connection.close()


def check_in(
    connection: http.client.HTTPConnection, headers: Headers, trip: dict[str, Any], **said: Any
) -> tuple[str, float]:
    """Check in over the wire; the id, and in how many seconds it was answered."""
    facts = {
        name: value for name, value in asdict(told(trip, kind="note", **said)).items() if value is not None
    }
    body = json.dumps(
        facts, default=lambda value: value.isoformat() if hasattr(value, "isoformat") else str(value)
    )
    begun = time.monotonic()
    connection.request("POST", "/api/v1/checkins", body, headers | {"Content-Type": "application/json"})
    answer = connection.getresponse()
    kept = json.loads(answer.read())
    assert answer.status == 201, kept
    return str(kept["id"]), time.monotonic() - begun


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def watchers(folk: County, client: FlaskClient, server: Served) -> Iterator[list[Stream]]:
    """Two hundred open streams of supervisors, eight to a sitting."""
    seeing = (folk.supervisor_a, folk.leader)
    sittings = [seeing[index % 2].sign_in(client) for index in range(SITTINGS)]
    with ExitStack() as opened:
        streams = [
            opened.enter_context(Stream(server.port, sittings[index % SITTINGS])) for index in range(STREAMS)
        ]
        begun = all_of(streams, lambda stream: stream.parser.last_id is not None)
        assert listen(streams, until=begun, within_s=20)
        assert {stream.status for stream in streams} == {200}
        yield streams


def all_of(streams: list[Stream], holds: Callable[[Stream], bool]) -> Callable[[], bool]:
    """The condition that something holds of every stream."""
    return lambda: all(holds(stream) for stream in streams)


@pytest.mark.slow
def test_two_hundred_streams_take_nothing_from_check_ins_and_each_hears_everything_once_in_order(
    folk: County, client: FlaskClient, server: Served, watchers: list[Stream]
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.cadre.sign_in(client)
    with door(server.port) as connection:
        answered = [check_in(connection, headers, trip) for _ in range(CHECKINS)]
    assert sorted(took_s for _, took_s in answered)[-2] < ANSWERED_WITHIN_S
    heard_all = all_of(watchers, lambda stream: stream.counts["checkin"] >= CHECKINS)
    assert listen(watchers, until=heard_all, within_s=20)
    ids = [checkin_id for checkin_id, _ in answered]
    for stream in watchers:
        numbers = [data["number"] for data in stream.of("checkin")]
        assert [data["checkin"]["id"] for data in stream.of("checkin")] == ids
        assert numbers == sorted(set(numbers))
        assert not stream.closed


@pytest.mark.slow
def test_a_stream_that_breaks_resumes_in_whichever_process_it_comes_to(
    folk: County, client: FlaskClient, server: Served
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers, watching = folk.cadre.sign_in(client), folk.supervisor_a.sign_in(client)
    ids, heard, last = list[str](), list[str](), ""
    with door(server.port) as connection:
        for broken in range(8):
            with Stream(server.port, watching | ({"Last-Event-ID": last} if last else {})) as stream:
                assert listen([stream], until=lambda: stream.status == 200, within_s=10)
                ids += [check_in(connection, headers, trip)[0] for _ in range(3)]
                heard += some(stream, len(ids) - len(heard) - broken % 3)
                last = str(stream.parser.last_id)
        with Stream(server.port, watching | {"Last-Event-ID": last}) as stream:
            heard += some(stream, len(ids) - len(heard))
    assert heard == ids


@pytest.mark.slow
def test_who_was_listening_when_the_server_was_killed_hears_the_rest_and_nothing_twice(
    folk: County, client: FlaskClient, server: Served
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers, watching = folk.cadre.sign_in(client), folk.supervisor_a.sign_in(client)
    with door(server.port) as connection, Stream(server.port, watching) as stream:
        assert listen([stream], until=lambda: stream.status == 200, within_s=10)
        ids = [check_in(connection, headers, trip)[0] for _ in range(3)]
        heard = some(stream, 2)
        last = str(stream.parser.last_id)
    server.kill_workers()
    with door(server.port) as connection:
        ids += [check_in(connection, headers, trip)[0] for _ in range(3)]
    with Stream(server.port, watching | {"Last-Event-ID": last}) as stream:
        heard += some(stream, len(ids) - len(heard))
    assert heard == ids


def some(stream: Stream, count: int) -> list[str]:
    """The check-ins a stream tells, once there are so many; it may be more."""
    assert listen([stream], until=lambda: stream.counts["checkin"] >= count, within_s=10)
    return [data["checkin"]["id"] for data in stream.of("checkin")]
