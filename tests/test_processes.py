"""A process that begins."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from server import processes


def test_what_a_process_loaded_is_not_looked_through_again(tmp_path: Path) -> None:
    told = "import gc, wsgi; print(gc.isenabled(), gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 10_000)"
    asked = [sys.executable, "-c", told]
    environment = os.environ | {"GUATU_INSTANCE": str(tmp_path)}
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]


def test_the_collector_works_again_after_a_failure() -> None:
    with pytest.raises(RuntimeError), processes.loading():
        raise RuntimeError
    assert gc.isenabled()
