"""Units: the tree of organisations."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.units import UnitChanges, UnitIn, UnitsAsked, UnitsOut, UnitTreeOut
from server.gate import guard
from server.queries import units as reads
from server.services import units
from server.services.units import NewUnit

doors = Doors("units", __name__, description="单位 · Units")


@doors.get("/units")
@guard("unit.read")
@doors.arguments(UnitsAsked, location="query")
@doors.response(200, UnitsOut)
def listed(asked: dict[str, Any]) -> Response:
    """单位树 · The units the reader's roles cover, in tree order."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.post("/units")
@guard("unit.create")
@doors.arguments(UnitIn)
@doors.response(201, UnitTreeOut)
def create(told: NewUnit) -> Response:
    """新建单位 · Make a unit."""
    return answer(units.create(gate.actor(), told), 201)


@doors.patch("/units/<int:unit_id>")
@guard("unit.update")
@doors.arguments(UnitChanges)
@doors.response(200, UnitTreeOut)
def update(told: dict[str, Any], unit_id: int) -> Response:
    """修改单位 · Rename, move or retire a unit."""
    return answer(units.update(gate.actor(), unit_id, told))
