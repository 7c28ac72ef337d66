"""A year of a county lived through the verbs; every number of every board is worked out again from the events alone.

A year as large as a county's, with hundreds of matters, is `python -m bench.year`.
"""

from datetime import date

import pytest
from flask import Flask

from server import clock
from server.queries import boards as reads
from server.rules.boards import Rule
from server.rules.bulletins import covered
from server.services import boards
from tests import reckoning, year
from tests.bulletins import LATE, lived, shanghai
from tests.year import MONTHS, YEAR, Year


@pytest.fixture
def lived_through(app: Flask) -> Year:
    """A small year."""
    return year.live(app, offices=5, matters=1, projects_=9)


def test_every_number_of_every_board_is_what_the_events_alone_say_and_later_ones_change_none(
    lived_through: Year,
) -> None:
    with clock.at(shanghai(YEAR + 1, 2, 1)):
        told = {month: reads.compiled(covered(month)) for month in MONTHS}
        record = reckoning.record()
        for month in MONTHS:
            own = reckoning.board(lived_through.began, record, month)
            assert reckoning.differences(told[month], own) == [], month
        year.ensure_telling(told, lived_through)
        published = year.publish_may(lived_through)
        _live_on(lived_through)
        for month in MONTHS[:5]:
            assert reads.compiled(covered(month)) == told[month], month
        assert reads.compiled(covered("2026-06"))["rule"]["weights"] == {"solved": 100}
        june = reckoning.board(lived_through.began, reckoning.record(), "2026-06")
        assert reckoning.differences(reads.compiled(covered("2026-06")), june) == []
        assert year.still_whole(lived_through, published)


def _live_on(lived_through: Year) -> None:
    """More matters, people who move away and units that are retired, and another rule from June on."""
    for office in lived_through.folk.offices:
        lived(lived_through.folk, office, shanghai(YEAR, 12, 28), LATE)
    year.empty_offices(lived_through)
    boards.change(
        lived_through.administrator, Rule({"solved": 100}), valid_from=date(YEAR, 6, 1), reason="只看办结"
    )
