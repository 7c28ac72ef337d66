"""Check-ins over HTTP, beside their limits: `python -m bench.checkins [postgis|spatialite] …`.

In one run, by turns: a route that does nothing, a check-in without the database, and the check-in. The server is
gunicorn with gevent workers, the database one of our own with fsync on, the load a process of its own.
"""

import argparse
from dataclasses import dataclass

from bench import county, figures, load, running
from bench.load import Met, Phone, Plan
from bench.running import Ground
from tests.support.serving import Served

HELLO, LIMIT, DOOR = "hello", "without database", "check-in"
PATHS = {HELLO: "/bench/hello", LIMIT: "/bench/checkins", DOOR: "/api/v1/checkins"}
GOALS = {"postgis": 0.5, "spatialite": 0.3}
WORKERS = {"postgis": 2, "spatialite": 1}
GOOD = {"200", "201"}
HEAD = ("", "req/s", "p50 ms", "p99 ms", "longest ms", "server µs", "database µs", "not kept")
"""The figures of a row; µs are of CPU, for each request."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a run: what the load met, and the CPU that server and database used, in microseconds a request."""

    met: Met
    server_us: float
    database_us: float

    @property
    def failed(self) -> dict[str, int]:
        """Answers that were no success, by status."""
        return {status: count for status, count in self.met.statuses.items() if status not in GOOD}


def main() -> None:
    """Read the command line, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("databases", nargs="*", default=["postgis", "spatialite"])
    asked.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    asked.add_argument("--slices", type=int, default=3, help="how often each is measured, by turns")
    asked.add_argument("--seconds", type=float, default=5.0, help="how long a slice is")
    asked.add_argument("--areas", type=int, default=3000)
    asked.add_argument("--phones", type=int, default=192)
    told = asked.parse_args()
    for kind in told.databases:
        with running.ground(kind) as ground:
            measure(ground, kind, told)


def measure(ground: Ground, kind: str, told: argparse.Namespace) -> None:
    """One database: fill it, serve it, load it."""
    phones = county.settle(ground.app, told.phones, among=told.areas)
    county.import_areas(ground.app, told.areas)
    print(f"\n## {kind}: {WORKERS[kind]} gevent worker(s), {told.areas} areas of 200 vertices\n")
    synced = {"fdatasync here and now": f"{running.sync_ms(ground.settings.instance):.2f} ms"}
    figures.facts("database", ground.says() | synced)
    with running.served(ground, workers=WORKERS[kind]) as server:
        one_slice(ground, server, DOOR, 16, phones, 1.0)
        one_slice(ground, server, LIMIT, 16, phones, 1.0)  # what it remembers of each phone is asked for once
        with ground.app.app_context():
            running.settle()
        for connections in told.connections:
            found = by_turns(ground, server, phones, connections, told)
            show(found, connections)
            judge(found, kind, connections)


def by_turns(
    ground: Ground, server: Served, phones: tuple[Phone, ...], connections: int, told: argparse.Namespace
) -> dict[str, list[Slice]]:
    """Each of the three in turn, so many times."""
    found: dict[str, list[Slice]] = {name: [] for name in PATHS}
    for _ in range(told.slices):
        for name, slices in found.items():
            slices.append(one_slice(ground, server, name, connections, phones, told.seconds))
    return found


def one_slice(
    ground: Ground, server: Served, name: str, connections: int, phones: tuple[Phone, ...], seconds: float
) -> Slice:
    """One slice."""
    sends = () if name == HELLO else phones
    before = running.cpu_s(server.process.pid), running.cpu_s(ground.postmaster)
    met = load.run(Plan(server.port, PATHS[name], connections, seconds, sends))
    used = running.cpu_s(server.process.pid) - before[0], running.cpu_s(ground.postmaster) - before[1]
    answers = met.rate * (seconds + 1.0)  # the warm-up used CPU too
    return Slice(met, used[0] / answers * 1e6, used[1] / answers * 1e6)


def show(found: dict[str, list[Slice]], connections: int) -> None:
    """The medians of the slices."""
    print(f"\n{connections} connections, medians of {len(found[DOOR])} slices\n")
    figures.table(HEAD, (row(name, slices) for name, slices in found.items()))


def row(name: str, slices: list[Slice]) -> tuple[str, ...]:
    """One row: medians, and all answers that were no success."""
    failed = {status: count for each in slices for status, count in each.failed.items()}
    return (
        name,
        f"{figures.middle(slices, lambda each: each.met.rate):.0f}",
        f"{figures.middle(slices, lambda each: each.met.p50_ms):.1f}",
        f"{figures.middle(slices, lambda each: each.met.p99_ms):.1f}",
        f"{max(each.met.most_ms for each in slices):.0f}",
        f"{figures.middle(slices, lambda each: each.server_us):.0f}",
        f"{figures.middle(slices, lambda each: each.database_us):.0f}",
        str(failed or "none"),
    )


def judge(found: dict[str, list[Slice]], kind: str, connections: int) -> None:
    """The ratios, slice by slice, against what is to be reached."""
    hello, limit, door = found[HELLO], found[LIMIT], found[DOOR]
    figures.goal("check-in : without database", _ratio(door, limit), GOALS[kind])
    figures.goal("without database : hello", _ratio(limit, hello), 0.4)
    cost = [figures.middle(each, lambda one: one.server_us + one.database_us) for each in (limit, door)]
    print(f"by CPU alone, without database : check-in {cost[0] / cost[1]:.2f}")
    if connections == 16:
        late = [one.met.p99_ms / other.met.p99_ms for one, other in zip(door, hello, strict=True)]
        figures.goal("p99 of a check-in : p99 of hello", figures.middle(late, float), 5, most=True)
    failed = sum(sum(each.failed.values()) for slices in found.values() for each in slices)
    figures.goal("answers that were no success", failed, 0, most=True)


def _ratio(slices: list[Slice], limits: list[Slice]) -> float:
    """The median ratio of two rates, each taken from neighbours in time."""
    ratios = [one.met.rate / other.met.rate for one, other in zip(slices, limits, strict=True)]
    return figures.middle(ratios, float)


if __name__ == "__main__":
    main()
