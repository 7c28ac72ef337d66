"""Views kept at one instant, and by nobody else."""

import sqlalchemy as sa
from flask import Flask

from server.db import db
from server.models.events import Event
from server.services import views
from tests import people
from tests.support.together import together


def test_a_double_press_keeps_one_view_with_one_address(app: Flask) -> None:
    actor = people.county(app).supervisor_a.actor
    made = together(app, *[lambda: views.save(actor, "本月", {"period": "month"}, ["note"])] * 4)
    assert len({view["id"] for view in made if isinstance(view, dict)}) == 1
    assert all(isinstance(view, dict) for view in made)


def test_what_a_view_looks_for_stands_in_no_event(app: Flask) -> None:
    actor = people.county(app).supervisor_a.actor
    view = views.save(actor, "找王工", {"q": "王工"}, [])
    views.delete(actor, view["id"])
    told = db.session.execute(sa.select(Event.kind, Event.subject, Event.data).order_by(Event.number)).all()
    assert [row.kind for row in told] == ["view.saved", "view.deleted"]
    assert "王" not in str(told)
