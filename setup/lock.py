"""Pins the dependencies anew: requirements/*.in → requirements/*.txt with all hashes, and the npm lock file.

Runs for whoever changes a dependency, never as part of setting up. Of pip's settings only those in the
environment hold here (PIP_INDEX_URL, PIP_CERT, PIP_PROXY): no private index may leave its mark in the files.
"""

import os
import sys

from setup import environment, node
from setup.say import ROOT, Failed, Stop, speak_plainly, step

VENV = ROOT / ".venv-lock"
# Each after what it must agree with: test.in holds run.in and is constrained by run.txt.
NAMES = ["run", "test", "node", "lock"]
_OPTIONS = ["--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--newline=lf"]
_NO_PLACES = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]


def main() -> int:
    """Pin everything (`--upgrade`: newer versions); answer 0, or 1 after saying what stands in the way."""
    speak_plainly()
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    try:
        environment.fill(VENV, environment.REQUIREMENTS / "lock.txt")
        for name in NAMES:
            pin(name, upgrade)
        step("package-lock.json", ["npm", "install", "--package-lock-only"], env=node.surroundings())
    except (Stop, Failed) as why:
        print(getattr(why, "output", ""), why, sep="", file=sys.stderr)
        return 1
    return 0


def pin(name: str, upgrade: list[str]) -> None:
    """Write requirements/NAME.txt from requirements/NAME.in."""
    compiler = str(VENV / "bin" / "pip-compile")
    files = ["--output-file", f"requirements/{name}.txt", f"requirements/{name}.in"]
    step(
        f"requirements/{name}.txt", [compiler, *_OPTIONS, *_NO_PLACES, *upgrade, *files], env=_surroundings()
    )


def _surroundings() -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"}
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull}


if __name__ == "__main__":
    sys.exit(main())
