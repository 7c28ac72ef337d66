"""Rosters 名册: people taken in from a spreadsheet, after a dry run."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.rosters import RosterFile, RosterIn, RosterOut
from server.gate import guard
from server.ingest import rosters as files
from server.services import rosters

doors = Doors("rosters", __name__, description="名册 · Rosters")


@doors.post("/people/rosters")
@guard("person.import")
@doors.arguments(RosterIn, location="form")
@doors.arguments(RosterFile, location="files")
@doors.response(200, RosterOut)
def take(told: dict[str, Any], given: dict[str, Any]) -> Response:
    """导入名册 · Say what would become of each row; with `keep` do it, all rows or none."""
    file = given["file"]
    lines = files.read(file.read(), file.filename or "")
    return answer(rosters.take(gate.actor(), lines, dry=not told["keep"]))
