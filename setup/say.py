"""What set-up says: one line for each step, one sentence when it cannot go on."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Stop(Exception):
    """Set-up cannot go on; says in one sentence what to do, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep both sentences."""
        super().__init__(f"{zh} / {en}")


class Failed(Exception):
    """A command ended badly; holds what it printed and how it ended."""

    def __init__(self, command: Sequence[str], output: str, code: int) -> None:
        """Keep what is needed to explain the failure."""
        super().__init__(f"{' '.join(command)} → {code}")
        self.output = output
        self.code = code


def step(words: str, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run a command in the root of the tree, saying only its name and how long it took.

    Returns what it printed. Raises Failed with that same text when it ends badly or cannot be started.
    """
    print(f"· {words} … ", end="", flush=True)
    began = time.monotonic()
    code, output = _run(command, env)
    print(f"{time.monotonic() - began:.1f} s" if code == 0 else "✗", flush=True)
    if code != 0:
        raise Failed(command, output, code)
    return output


def speak_plainly() -> None:
    """Let a terminal that cannot show a character show a stand-in, rather than stop set-up."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _run(command: Sequence[str], env: Mapping[str, str] | None) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as why:
        return 127, f"{why}\n"
    return done.returncode, done.stdout
