"""An upgrade beside many positions: `python -m bench.upgrade [--fixes 10e6]`.

On PostGIS the release of this tree serves check-ins while migrations to come add a column to fixes and to check-ins,
then an index CONCURRENTLY on check-ins. Told are how long it took, and what became of the check-ins meanwhile.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import flask_migrate
import sqlalchemy as sa

from bench import running
from server.db import MIGRATIONS, db
from server.queries import health
from server.services import partitions
from tests import people
from tests.stories.test_upgrade import EXPANDING, HEAD, INDEXING, checking_in, ready
from tests.support import serving

WIDER = EXPANDING.replace(
    'op.add_column("checkins"',
    'op.add_column("fixes", sa.Column("weather", sa.String(8)))\n    op.add_column("checkins"',
)
PHONES = 4

FILL = """
INSERT INTO fixes SELECT n % 2000, t, n % 2000, n % 2000, t, t, 118.5, 29.6, 'WGS-84', 10, NULL, 1.2, 90, 0.8, 0, false,
  NULL, '', n FROM generate_series(1, CAST(:fixes AS bigint)) AS n,
  LATERAL (SELECT now() - n * interval '10 ms' AS t) AS at
"""


def main() -> None:
    """Read the command line, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--fixes", type=float, default=10e6)
    told = asked.parse_args()
    with running.ground("postgis") as ground, ground.app.app_context(), tempfile.TemporaryDirectory() as name:
        tokens = _fill(ground, int(told.fixes))
        with serving.serve(ground.settings, workers=2) as served, checking_in(served, tokens) as phones:
            time.sleep(5)
            for phone in phones:
                phone.longest_s = 0.0
            took_s = _migrate(Path(name))
            during = [phone.longest_s for phone in phones]
            time.sleep(2)
            status = ready(served)[0]
    statuses = [status for phone in phones for status in phone.statuses]
    print(
        f"migrated in {took_s:.1f} s; the release before is then {'ready' if status == 200 else 'NOT ready'}"
    )
    print(
        f"{len(statuses)} check-ins, {sum(each != 201 for each in statuses)} not kept; longest wait {max(during):.2f} s"
    )


def _fill(ground: running.Ground, fixes: int) -> list[str]:
    """Positions, and people who check in: their tokens."""
    began = time.monotonic()
    folk = people.county(ground.app)
    tokens = [
        people.person(f"外勤{n}", folk.township_a, ("cadre", folk.township_a)).tokens().access_token
        for n in range(PHONES)
    ]
    partitions.make_ahead()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(sa.text(FILL), {"fixes": fixes})
    db.session.remove()
    print(f"{fixes:,} positions in {time.monotonic() - began:.0f} s", flush=True)
    return tokens


def _migrate(folder: Path) -> float:
    """Run the migrations to come; how many seconds it took."""
    scripts, before = Path(shutil.copytree(MIGRATIONS, folder / "migrations")), health.newest()
    for revision, text in (("9001", WIDER), ("9002", INDEXING)):
        file = scripts / "versions" / f"{revision}_later.py"
        file.write_text(HEAD.format(revision=revision, before=before) + text, encoding="utf-8")
        before = revision
    began = time.monotonic()
    flask_migrate.upgrade(directory=str(scripts))
    return time.monotonic() - began


if __name__ == "__main__":
    main()
