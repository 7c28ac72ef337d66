"""Runs one check as one line, `python3 -m setup.step WORDS COMMAND …`; shows the tool's words if it fails."""

import sys
from collections.abc import Sequence

from setup.say import Failed, speak_plainly, step


def main(arguments: Sequence[str]) -> int:
    """Run the command under its words; answer its exit code."""
    speak_plainly()
    words, *command = arguments
    try:
        step(words, command)
    except Failed as failed:
        print(failed.output, end="", file=sys.stderr)
        return failed.code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
