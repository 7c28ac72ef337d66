"""Search 查找: from any page to a trip, a person, a company, a project or an area."""

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.search import SearchAsked, SearchOut
from server.gate import guard
from server.queries import search

doors = Doors("search", __name__, description="查找 · Search")


@doors.get("/search")
@guard("trip.read")
@doors.arguments(SearchAsked, location="query")
@doors.response(200, SearchOut)
def everything(asked: dict[str, str]) -> Response:
    """查找 · What the reader may see that these words name."""
    return answer(search.everything(gate.actor(), asked["q"]))
