"""`flask` as a person runs it: each command in a process of its own, which finds the program's modules loaded already.

To load them takes a process longer than any of these commands needs. So one that has nothing but them is begun once,
and each command's process is a copy of it; the application is made in that, as ever.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from flask.cli import main

from tests.support.serving import TREE

LOADED = ["server.app", "server.cli.commands"]
WITHIN_S = 120.0


def flask(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command said and ended with, run with these settings and no others."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUATU_")}
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = context.Process(target=_run, args=(words, kept | environment, out, err))
        process.start()
        process.join(WITHIN_S)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, WITHIN_S)
        return subprocess.CompletedProcess(words, process.exitcode, out.read_text(), err.read_text())


def _run(words: tuple[str, ...], environment: dict[str, str], out: Path, err: Path) -> None:
    """Become the command: its words, its environment, and where it writes to."""
    for number, file in ((1, out), (2, err)):
        with file.open("w") as opened:
            os.dup2(opened.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(TREE)
    sys.argv = ["flask", "--app", "wsgi", *words]
    main()
