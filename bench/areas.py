"""What areas cost: `python -m bench.areas`.

The cost of a check-in at 100 and at 10,000 areas · loading 10,000 areas at start · publishing one changed area to all
processes · the memory of one worker: its own, and its share of what processes hold in common (Pss). On PostGIS, with
two workers.
"""

import argparse
import time
from operator import itemgetter

from bench import checkins, county, figures, load, running
from bench.load import Phone, Plan
from bench.running import Ground
from server.db import db
from server.queries.areas import Snapshots
from tests.support.serving import Served

FEW, MANY = 100, 10_000
WORKERS = 2


def main() -> None:
    """Read the command line, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--many", type=int, default=MANY, help="how many areas a large county has")
    asked.add_argument("--slices", type=int, default=3)
    asked.add_argument("--seconds", type=float, default=4.0)
    told = asked.parse_args()
    with running.ground("postgis") as few, running.ground("postgis") as many:
        phones = [_settled(few, FEW), _settled(many, told.many)]
        figures.facts("database", many.says())
        figures.goal(f"loading {told.many} areas at start", loading_s(many), 1.5, most=True, unit=" s")
        with running.served(few, workers=WORKERS) as one, running.served(many, workers=WORKERS) as other:
            compare((few, many), (one, other), phones, told)
            workers = list(running.below(other.process.pid))
            held = max((running.memory_mb(worker) for worker in workers), key=itemgetter("Pss"))
            figures.facts(
                "with what it shares with others counted whole", {"a worker": f"{held['Rss']:.0f} MB"}
            )
            figures.goal(
                f"memory of one worker with {told.many} areas", held["Pss"], 250, most=True, unit=" MB"
            )
            took_s = publishing_s(many, other, phones[1][0], told.many)
            figures.goal("one changed area known to all processes", took_s, 1, most=True, unit=" s")


def _settled(ground: Ground, areas: int) -> tuple[Phone, ...]:
    """A county with so many areas and people on duty in it."""
    phones = county.settle(ground.app, 64, among=areas)
    county.import_areas(ground.app, areas)
    return phones


def loading_s(ground: Ground) -> float:
    """How long a process takes to hold all areas: the best of three, in seconds."""
    took = []
    for _ in range(3):
        with ground.app.app_context():
            begun = time.perf_counter()
            Snapshots().current()
            took.append(time.perf_counter() - begun)
            db.session.rollback()
    return min(took)


def compare(
    grounds: tuple[Ground, Ground],
    servers: tuple[Served, Served],
    phones: list[tuple[Phone, ...]],
    told: argparse.Namespace,
) -> None:
    """The cost of a check-in with few areas and with many, by turns."""
    sides = list(zip(grounds, servers, phones, strict=True))
    for ground, server, some in sides:
        checkins.one_slice(ground, server, checkins.DOOR, 16, some, 1.0)
    found: list[list[checkins.Slice]] = [[], []]
    for _ in range(told.slices):
        for slices, (ground, server, some) in zip(found, sides, strict=True):
            slices.append(checkins.one_slice(ground, server, checkins.DOOR, 16, some, told.seconds))
    print(f"\n16 connections, medians of {told.slices} slices\n")
    names = (f"{FEW} areas", f"{told.many} areas")
    figures.table(checkins.HEAD, (checkins.row(*each) for each in zip(names, found, strict=True)))
    cost = [figures.middle(slices, lambda each: each.server_us + each.database_us) for slices in found]
    figures.goal("CPU of a check-in, many areas : few", cost[1] / cost[0], 1.3, most=True)
    rates = [figures.middle(slices, lambda each: each.met.rate) for slices in found]
    figures.goal("rate, few areas : many", rates[0] / rates[1], 1.3, most=True)


def publishing_s(ground: Ground, server: Served, phone: Phone, areas: int) -> float:
    """From the commit of a changed area until no process answers by the old one any more, in seconds.

    A check-in always asks for the newest generation, so the first one in each process waits for the renewal: measured
    is how long the slowest of many at once takes.
    """
    county.change_area(ground.app, 7, among=areas)
    plan = Plan(server.port, checkins.PATHS[checkins.DOOR], 16, 2.0, (phone,) * 16, warm_up_s=0.0)
    return load.run(plan).most_ms / 1000


if __name__ == "__main__":
    main()
