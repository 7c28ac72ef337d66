"""One's own identities at the county's sign-in provider: see them, link one, end one."""

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.factors import PasswordAgain
from server.api.schemas.identities import IdentitiesOut, WayOut
from server.gate import guard
from server.queries import identities as reads
from server.services import identities

doors = Doors("identities", __name__, description="统一身份 · Identities at the county's sign-in provider")


@doors.get("/me/identities")
@guard("identity.read")
@doors.response(200, IdentitiesOut)
def listed() -> Response:
    """本人的统一身份 · One's own identities."""
    return answer(reads.listed(gate.actor()))


@doors.post("/me/identities")
@guard("identity.link")
@doors.arguments(PasswordAgain)
@doors.response(201, WayOut)
def set_out(told: dict[str, str]) -> Response:
    """绑定统一身份 · Where this browser goes to link one."""
    url, ticket = identities.set_out_to_link(gate.actor(), told["password"], gate.way_back())
    response = answer({"url": url}, 201)
    gate.keep_ticket(response, ticket)
    return response


@doors.delete("/me/identities/<int:identity_id>")
@guard("identity.unlink")
@doors.response(200, IdentitiesOut)
def unlink(identity_id: int) -> Response:
    """解除绑定 · End one of one's own."""
    return answer(identities.unlink(gate.actor(), identity_id))
