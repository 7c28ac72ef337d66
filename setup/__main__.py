"""`python3 -m setup run` and `python3 -m setup test`: all between a clone and the product, or its tests."""

import argparse
import fcntl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from setup import environment, nginx, node, pages, parcel, system
from setup.say import ROOT, Failed, Stop, speak_plainly


def main(arguments: Sequence[str]) -> int:
    """Set up for the purpose named; answer 0, or 1 after saying what stands in the way."""
    speak_plainly()
    purpose = _asked(arguments)
    try:
        with _alone():
            system.install(system.needs(purpose))
            environment.install(purpose)
            if purpose == "test":
                nginx.install()
            if purpose == "test" or not parcel.is_ours():
                node.install()
                pages.build()
    except Stop as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except Failed as failed:
        print(failed.output, failed, sep="", file=sys.stderr)
        return 1
    return 0


def _asked(arguments: Sequence[str]) -> str:
    parser = argparse.ArgumentParser(prog="setup", description="Set this machine up for Guatu.")
    parser.add_argument("purpose", choices=["run", "test"], help="to run the product, or to test it as well")
    purpose: str = parser.parse_args(arguments).purpose
    return purpose


@contextmanager
def _alone() -> Iterator[None]:
    """Let two set-ups in one tree follow each other; the lock goes with the process that holds it."""
    with (ROOT / "pyproject.toml").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
