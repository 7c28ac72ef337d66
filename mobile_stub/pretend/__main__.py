"""`python -m mobile_stub.pretend walk TRACK …` and `… county --plan FILE|-`."""

import argparse
import json
import os
import signal
import sys
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from mobile_stub.pretend import county, datum, trackers, tracks, walk
from mobile_stub.pretend.client import Client, Link, RefusedError, SwitchedOffError, UnreachableError
from mobile_stub.pretend.phone import NotReadyError, Phone, Senses

PASSWORD_VARIABLE = "GUATU_PRETEND_PASSWORD"  # noqa: S105 - a variable's name
GAP_M = 50.0
TROUBLES = (
    tracks.TrackError,
    county.PlanError,
    RefusedError,
    UnreachableError,
    NotReadyError,
    OSError,
    ValueError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when all went well or it was told to stop, 1 with a sentence otherwise."""
    options = _parser().parse_args(arguments)
    off = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: off.set())
    try:
        return int(options.run(options, off))
    except SwitchedOffError:
        return 0
    except TROUBLES as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _walk(options: argparse.Namespace, off: threading.Event) -> int:
    """One person walks one track."""
    track = tracks.timed(tracks.read(options.track), pace_mps=options.pace_mps)
    with closing(_client(options, off)) as client:
        _walk_with(client, tracks.filled(track, gap_m=GAP_M), options, off)
    return 0


def _walk_with(client: Client, steps: tracks.Walk, options: argparse.Namespace, off: threading.Event) -> None:
    """Set out with this phone, walk the steps, and complete the trip if that is asked for."""
    senses = Senses(options.datum, options.accuracy, options.source, options.noise, options.dialect)
    phone = Phone(client, senses, say=_say, seed=options.seed)
    stops = phone.set_out(options.trip, consent=options.consent)
    planned = walk.acts(steps, stops, settle_s=options.settle, every_s=options.checkin_every)
    _say(f"{len(steps)} 步 steps, {len(planned)} 次签到 check-ins")
    finished = walk.replay(phone, steps, planned, walk.Pace(options.speed, options.longest_pause), off)
    if finished and options.complete:
        phone.complete()


def _client(options: argparse.Namespace, off: threading.Event) -> Client:
    password, link = _password(options), _link(options, off)
    return Client(link, username=options.username, password=password, device=options.device)


def _county(options: argparse.Namespace, off: threading.Event) -> int:
    """Several people walk their rounds until this process is told to stop."""
    phones = county.plan(_plan(options.plan, off))
    county.walk_all(phones, _link(options, off), seed=options.seed)
    return 0


def _plan(source: str, off: threading.Event) -> Any:
    """The plan from a file, or from the first line of standard input, whose end then means stop."""
    if source != "-":
        return json.loads(Path(source).read_text(encoding="utf-8"))
    document = json.loads(sys.stdin.readline())
    threading.Thread(target=_until_closed, args=(off,), daemon=True).start()
    return document


def _until_closed(off: threading.Event) -> None:
    """Whoever holds the other end of standard input has gone: stop."""
    while sys.stdin.readline():
        continue
    off.set()


def _link(options: argparse.Namespace, off: threading.Event) -> Link:
    return Link(options.server, off, say=_say, patience_s=options.patience, cafile=options.cafile)


def _password(options: argparse.Namespace) -> str:
    """From a file or the environment, never from the command line, which others on the machine can read."""
    if options.password_file is not None:
        return str(options.password_file.read_text(encoding="utf-8").strip())
    if PASSWORD_VARIABLE not in os.environ:
        raise ValueError(
            f"请给 --password-file 或 {PASSWORD_VARIABLE} / give --password-file or {PASSWORD_VARIABLE}"
        )
    return os.environ[PASSWORD_VARIABLE]


def _say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def _times(text: str) -> float:
    """'60x' or '60' → 60.0; must be more than nothing."""
    times = float(text.rstrip("x×"))
    if not times > 0:
        raise ValueError(text)
    return times


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mobile_stub.pretend", description="模拟手机 / pretend phones"
    )
    commands = parser.add_subparsers(required=True)
    _walk_options(commands.add_parser("walk", help="一个人走一条轨迹 / one person walks a track"))
    _county_options(commands.add_parser("county", help="几部手机同时走 / several phones at once"))
    return parser


def _common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the server")
    parser.add_argument("--cafile", type=Path, help="a certificate to trust (for a self-made one)")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds to keep trying a dead network")
    parser.add_argument("--seed", type=int, help="make the noise come out the same again")


def _walk_options(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_walk)
    _common_options(parser)
    parser.add_argument("track", type=Path, help=".gpx, GeoLife .plt or .geojson; WGS-84")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password-file", type=Path, help=f"else the environment's {PASSWORD_VARIABLE}")
    parser.add_argument("--trip", type=int, required=True, help="number of the approved or begun trip")
    parser.add_argument("--consent", action="store_true", help="consent to positions at the trip's level")
    parser.add_argument("--complete", action="store_true", help="complete the trip at the end of the track")
    parser.add_argument("--device", default="模拟手机 pretend phone", help="the device's name at sign-in")
    parser.add_argument("--datum", choices=datum.DATUMS, default="WGS-84", help="what the phone emits")
    parser.add_argument(
        "--dialect", choices=trackers.DIALECTS, default="native", help="who tells positions between check-ins"
    )
    parser.add_argument("--speed", type=_times, default=60.0, help="times faster than life, such as 60x")
    parser.add_argument("--pace-mps", type=_times, default=1.4, help="m/s along a track without times")
    parser.add_argument(
        "--longest-pause", type=float, default=30.0, help="seconds to wait at most between steps"
    )
    parser.add_argument(
        "--settle", type=float, default=30.0, help="track seconds inside a stop before arriving"
    )
    parser.add_argument("--checkin-every", type=_times, help="also a note each so many seconds of the track")
    parser.add_argument("--accuracy", type=_times, default=15.0, help="metres the phone claims")
    parser.add_argument("--source", choices=("browser", "android", "ios", "other"), default="browser")
    parser.add_argument("--noise", action="store_true", help="be off by as much as the accuracy allows")


def _county_options(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_county)
    _common_options(parser)
    parser.add_argument("--plan", required=True, help="a JSON file, or - for a line of standard input")


if __name__ == "__main__":
    sys.exit(main())
