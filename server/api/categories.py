"""Categories of matters, and the terms in which each is answered and solved."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.categories import CategoriesAsked, CategoriesOut, CategoryIn, CategoryOut
from server.gate import guard
from server.queries import categories as reads
from server.services import categories
from server.services.categories import CategoryTold

doors = Doors("categories", __name__, description="事项类别与时限 · Categories of matters and their terms")


@doors.get("/categories")
@guard("category.read")
@doors.arguments(CategoriesAsked, location="query")
@doors.response(200, CategoriesOut)
def listed(asked: dict[str, Any]) -> Response:
    """事项类别 · The categories with their terms."""
    return answer(reads.listed(**asked))


@doors.post("/categories")
@guard("category.change")
@doors.arguments(CategoryIn)
@doors.response(201, CategoryOut)
def create(told: CategoryTold) -> Response:
    """新建事项类别 · Make a category."""
    return answer(categories.create(gate.actor(), told), 201)


@doors.put("/categories/<int:category_id>")
@guard("category.change")
@doors.arguments(CategoryIn)
@doors.response(200, CategoryOut)
def update(told: CategoryTold, category_id: int) -> Response:
    """修改事项类别 · Replace what a category says; open matters are reckoned anew."""
    return answer(categories.update(gate.actor(), category_id, told))
