"""`flask seals …`: keys are listed by name and rotated with everything under them."""

import sqlalchemy as sa
from flask import Flask

from server.db import db
from server.held import held
from server.models.trackers import Tracker
from server.queries import trackers as reads
from server.services import trackers
from server.services.seals import Seals
from server.transaction import transaction
from tests import people


def test_a_rotation_seals_everything_anew_and_says_what_does_not_open(app: Flask) -> None:
    folk = people.county(app)
    added = trackers.add(folk.cadre.actor, "owntracks", "手机", sealed=True)
    before = reads.of_secret(added.secret)
    run = app.test_cli_runner()
    done = run.invoke(args=["seals", "rotate"])
    assert done.exit_code == 0
    assert "1 sealed anew" in done.output
    db.session.rollback()
    after = reads.of_secret(added.secret)
    assert after is not None
    assert after != before
    assert trackers.opened_key(after.sealed_key) == added.key
    listed = run.invoke(args=["seals", "list"]).output.splitlines()
    assert listed[0].startswith(held(Seals).keys[0].kid)
    assert not any(key.secret in "".join(listed) for key in held(Seals).keys)
    with transaction() as session:
        session.execute(sa.update(Tracker).values(sealed_key="spoilt"))
    failed = run.invoke(args=["seals", "rotate"])
    assert failed.exit_code == 1
    assert "1 do not open" in failed.output
