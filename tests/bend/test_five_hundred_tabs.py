"""A supervisor opens five hundred pages: the newest eight listen, the others are told to rest, nobody else waits."""

from contextlib import ExitStack

from tests.bend.conftest import Standing
from tests.live.test_many_streams import ANSWERED_WITHIN_S, check_in, door
from tests.support.streams import Stream, listen

TABS, MOST = 500, 8


def test_the_newest_pages_listen_the_others_are_told_so_and_check_ins_are_answered(
    standing: Standing,
) -> None:
    sitting, cadre, port = standing.headers("supervisor_a"), standing.headers("cadre"), standing.served.port
    with ExitStack() as opened, Stream(port, standing.headers("leader")) as another:
        tabs = [opened.enter_context(Stream(port, sitting)) for _ in range(TABS)]
        assert listen(tabs, until=lambda: sum(tab.closed for tab in tabs) == TABS - MOST, within_s=30)
        for tab in tabs:
            assert tab.status == 200
            assert tab.of("ended") == ([{"because": "too_many_streams"}] if tab.closed else [])
        with door(port) as connection:
            checkin_id, took_s = check_in(connection, cadre, standing.trip)
        assert took_s < ANSWERED_WITHIN_S
        hearing = [another, *(tab for tab in tabs if not tab.closed)]
        assert listen(hearing, until=lambda: all(tab.counts["checkin"] for tab in hearing), within_s=10)
        assert {tab.of("checkin")[0]["checkin"]["id"] for tab in hearing} == {checkin_id}
