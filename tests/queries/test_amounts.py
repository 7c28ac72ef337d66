"""Both databases keep amounts as they are: exact, adding up, comparing."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.models.projects import Project, ProjectInvestment
from tests import people


def test_each_database_keeps_and_adds_amounts_exactly(app: Flask) -> None:
    folk = people.county(app)
    told = [Decimal("0.1"), Decimal("0.2"), Decimal("99999999999.999999"), Decimal("0.000001")]
    for number, amount in enumerate(told):
        project = Project(
            name=f"项目{number}",
            amount=amount,
            amount_unit="万元",
            unit_id=folk.root,
            stage="lead",
            created_at=clock.now(),
            created_by=folk.cadre.id,
        )
        db.session.add(project)
        db.session.flush()
        db.session.add(ProjectInvestment(project_id=project.id, year=2026, half=1, planned=amount))
    db.session.commit()
    db.session.expunge_all()
    assert list(db.session.scalars(sa.select(Project.amount).order_by(Project.id))) == told
    assert db.session.scalar(sa.select(sa.func.sum(ProjectInvestment.planned))) == sum(told)
    more = sa.select(Project.id).where(Project.amount > Decimal("0.1")).order_by(Project.amount)
    assert len(list(db.session.scalars(more))) == 2
    with pytest.raises(sa.exc.StatementError, match="exactly"):
        db.session.scalar(sa.select(Project.id).where(Project.amount == Decimal("0.0000001")))
