"""Hooks 群机器人: who administers the county keeps them, and tries them."""

from flask import Response

from server import gate
from server.api.doors import Doors, answer, nothing
from server.api.schemas.hooks import HookChangeIn, HookIn, HookOut, HooksOut, TriedOut
from server.gate import guard
from server.queries import hooks as reads
from server.services import hooks
from server.services.hooks import Told

doors = Doors("hooks", __name__, description="群机器人 · Robots in the group chats of units")


@doors.get("/hooks")
@guard("hook.read")
@doors.response(200, HooksOut)
def listed() -> Response:
    """群机器人 · Every robot with its last messages."""
    return answer(reads.listed())


@doors.post("/hooks")
@guard("hook.add")
@doors.arguments(HookIn)
@doors.response(201, HookOut)
def add(told: Told) -> Response:
    """添加群机器人 · Add a robot."""
    return answer(hooks.add(gate.actor(), told), 201)


@doors.patch("/hooks/<int:hook_id>")
@guard("hook.change")
@doors.arguments(HookChangeIn)
@doors.response(200, HookOut)
def change(told: Told, hook_id: int) -> Response:
    """修改群机器人 · Change a robot; what is not told stays."""
    return answer(hooks.change(gate.actor(), hook_id, told))


@doors.delete("/hooks/<int:hook_id>")
@guard("hook.remove")
@doors.response(204)
def remove(hook_id: int) -> Response:
    """删除群机器人 · Take a robot away."""
    hooks.remove(gate.actor(), hook_id)
    return nothing()


@doors.post("/hooks/<int:hook_id>/try")
@guard("hook.try")
@doors.response(200, TriedOut)
def try_out(hook_id: int) -> Response:
    """试发 · Send a test message now and say what was answered."""
    return answer(hooks.try_out(gate.actor(), hook_id))
