"""Views 视图: named ways to look at the visit log, shared by their address; the columns one chose."""

from typing import Any
from uuid import UUID

from flask import Response

from server import gate
from server.api.doors import Doors, answer, nothing
from server.api.schemas.views import ColumnsIn, ColumnsOut, ViewIn, ViewOut, ViewsOut
from server.gate import guard
from server.queries import views as reads
from server.services import views

doors = Doors("views", __name__, description="日志视图 · Views of the visit log")


@doors.get("/views")
@guard("view.read")
@doors.response(200, ViewsOut)
def listed() -> Response:
    """自己的视图 · One's own views by name, and the columns one chose."""
    return answer(reads.mine(gate.actor()))


@doors.get("/views/<uuid:view_id>")
@guard("view.read")
@doors.response(200, ViewOut)
def one(view_id: UUID) -> Response:
    """一个视图 · A view by its address: a colleague's shows what the reader may see, nothing more."""
    return answer(reads.document(gate.actor(), reads.get(view_id)))


@doors.post("/views")
@guard("view.save")
@doors.arguments(ViewIn)
@doors.response(200, ViewOut)
def save(told: dict[str, Any]) -> Response:
    """保存视图 · Keep a view; one's own of that name is replaced."""
    return answer(views.save(gate.actor(), **told))


@doors.delete("/views/<uuid:view_id>")
@guard("view.delete")
@doors.response(204)
def delete(view_id: UUID) -> Response:
    """删除视图 · Let go of one's own view."""
    views.delete(gate.actor(), view_id)
    return nothing()


@doors.put("/views/columns")
@guard("view.save")
@doors.arguments(ColumnsIn)
@doors.response(200, ColumnsOut)
def choose_columns(told: dict[str, Any]) -> Response:
    """选择栏目 · Keep the columns one wants to see."""
    return answer({"columns": views.choose_columns(gate.actor(), told["columns"])})
