"""The scripts' pure parts, run by Node on the same vectors as the server's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2].parent / "shared" / "data" / "datum_vectors.json"


@pytest.mark.parametrize("script", sorted(path.name for path in (HERE / "js").glob("*.test.mjs")))
def test_the_scripts_pure_parts_hold(script: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    done = subprocess.run(
        [node, "--test", str(HERE / "js" / script)],
        capture_output=True,
        text=True,
        env=os.environ | {"DATUM_VECTORS": str(SHARED)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
