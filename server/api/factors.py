"""The second factor: one's own set up, confirmed, renewed, taken off; another's taken off by their administrator."""

from flask import Response

from server import gate
from server.api.doors import Doors, answer, nothing
from server.api.schemas.factors import BegunOut, CodeIn, CodesOut, FactorIn, FactorOut, PasswordAgain
from server.exports import trackers as pictures
from server.gate import guard
from server.queries import factors as reads
from server.services import factors

doors = Doors("factors", __name__, description="两步验证 · The second factor")


@doors.get("/me/factor")
@guard("factor.read")
@doors.response(200, FactorOut)
def own() -> Response:
    """本人的两步验证 · One's own second factor."""
    return answer(reads.own(gate.actor()))


@doors.post("/me/factor")
@guard("factor.begin")
@doors.arguments(PasswordAgain)
@doors.response(201, BegunOut)
def begin(told: dict[str, str]) -> Response:
    """开始设置 · Begin to set it up: the seed for the app, as text and as a picture."""
    begun = factors.begin(gate.actor(), password=told["password"])
    return answer({"seed": begun.seed, "address": begun.address, "qr": pictures.qr(begun.address)}, 201)


@doors.post("/me/factor/confirm")
@guard("factor.confirm")
@doors.arguments(CodeIn)
@doors.response(200, CodesOut)
def confirm(told: dict[str, str]) -> Response:
    """启用 · Put it to use by its first code; the recovery codes are told this once."""
    return answer({"codes": factors.confirm(gate.actor(), told["code"])})


@doors.post("/me/factor/codes")
@guard("factor.renew")
@doors.arguments(FactorIn)
@doors.response(200, CodesOut)
def renew(told: dict[str, str]) -> Response:
    """更换恢复码 · New recovery codes, told this once; those of before are void."""
    return answer({"codes": factors.renew(gate.actor(), **told)})


@doors.post("/me/factor/remove")
@guard("factor.remove")
@doors.arguments(FactorIn)
@doors.response(204)
def remove(told: dict[str, str]) -> Response:
    """移除 · Take one's own off; all other sessions end."""
    factors.remove(gate.actor(), **told)
    return nothing()


@doors.post("/people/<int:person_id>/factor/reset")
@guard("factor.reset")
@doors.response(204)
def reset(person_id: int) -> Response:
    """解除他人的两步验证 · Take off that of somebody who lost their phone; it is recorded, and their sessions end."""
    factors.reset(gate.actor(), person_id)
    return nothing()
