"""A year of a county through the verbs, and its boards worked out twice: `python -m bench.year`.

Hundreds of matters and dozens of projects of eight offices (two that tie, one with nothing due, some too small to be
compared), people and villages that move; every number, score, rank and list of all twelve months is
worked out again from the events alone (`tests.reckoning`) and must be equal, and a rule that is changed in June leaves
May's bulletin as it was. Prints how long each took; exit code 1 where anything differs. No check-in is made.
"""

import argparse
import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from bench.running import ground
from server import clock
from server.db import db
from server.models.events import Event
from server.models.matters import Matter
from server.models.projects import Project
from server.queries import boards as reads
from server.rules.boards import Rule
from server.rules.bulletins import covered
from server.services import boards
from tests import reckoning, year
from tests.bulletins import shanghai
from tests.year import MONTHS, YEAR, Year


def main() -> None:
    """Live a year, work it out twice, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("kind", nargs="?", choices=("postgis", "spatialite"), default="spatialite")
    asked.add_argument("--offices", type=int, default=8, help="from 5 to 12")
    asked.add_argument("--matters", type=int, default=5, help="of each busy office in a month")
    asked.add_argument("--projects", type=int, default=36)
    told = asked.parse_args()
    with ground(told.kind) as here, here.app.app_context():
        began = time.perf_counter()
        lived = year.live(here.app, offices=told.offices, matters=told.matters, projects_=told.projects)
        _say(f"lived through the verbs: {_sizes()}", began)
        with clock.at(shanghai(YEAR + 1, 2, 1)):
            wrong = _compared(lived) + _ruled_anew(lived)
    for each in wrong:
        print(each)
    raise SystemExit(bool(wrong))


def _sizes() -> str:
    """How much there is."""
    counts = [
        db.session.scalar(sa.select(sa.func.count()).select_from(of)) for of in (Matter, Project, Event)
    ]
    return "{} matters, {} projects, {} events".format(*counts)


def _compared(lived: Year) -> list[str]:
    """Every number of every month, twice."""
    began = time.perf_counter()
    said = {month: reads.compiled(covered(month)) for month in MONTHS}
    _say("twelve boards compiled by the server", began)
    began, record = time.perf_counter(), reckoning.record()
    own = {month: reckoning.board(lived.began, record, month) for month in MONTHS}
    _say("the same from the events alone", began)
    year.ensure_telling(said, lived)
    wrong = [
        f"{month}: {each}" for month in MONTHS for each in reckoning.differences(said[month], own[month])
    ]
    print(f"numbers compared: {_numbers(said)}, different: {len(wrong)}", flush=True)
    return wrong


def _numbers(said: Mapping[str, Any]) -> int:
    """How many numbers, scores and ranks the boards hold."""
    rows = [row for board in said.values() for row in board["units"]]
    return sum(2 * len(row["numbers"]) + 2 for row in rows)


def _ruled_anew(lived: Year) -> list[str]:
    """Publish May, change the rule from June on: what of May is not as it was."""
    published = year.publish_may(lived)
    before = reads.compiled(covered(f"{YEAR}-05"))
    boards.change(lived.administrator, Rule({"solved": 100}), valid_from=date(YEAR, 6, 1), reason="只看办结")
    same = reads.compiled(covered(f"{YEAR}-05")) == before and year.still_whole(lived, published)
    june = reckoning.board(lived.began, reckoning.record(), f"{YEAR}-06")
    wrong = reckoning.differences(reads.compiled(covered(f"{YEAR}-06")), june)
    print(
        "May after June's new rule: as it was" if same else "May after June's new rule: CHANGED", flush=True
    )
    return wrong + ([] if same else ["May is not as it was"])


def _say(what: str, began: float) -> None:
    """One line: what was done, and how long it took."""
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
