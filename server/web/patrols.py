"""Patrols: the list, one patrol's page, the plans and their form, and when each grid was last walked."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_patrols", __name__)


@door.get("/patrols")
@guard("patrol.read")
def listed() -> str:
    """The patrols the reader may see."""
    return shell.page("patrols.html", name="patrols")


@door.get("/patrols/<int:patrol_id>")
@guard("patrol.read")
def one(patrol_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One patrol: its checkpoints and what became of each."""
    return shell.page("patrol.html", name="patrols")


@door.get("/patrols/walked")
@guard("patrol.read")
def walked() -> str:
    """When each grid was last walked."""
    return shell.page("walked.html", name="patrols")


@door.get("/patrols/plans")
@guard("patrol.read")
def plans() -> str:
    """The plans of patrols."""
    return shell.page("patrol-plans.html", name="patrols")


@door.get("/patrols/plans/new")
@guard("patrol.plan")
def planned() -> str:
    """The form for a new plan."""
    return shell.page("patrol-plan.html", name="patrols")


@door.get("/patrols/plans/<int:plan_id>")
@guard("patrol.edit")
def edited(plan_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """The form for changing a plan, or ending it."""
    return shell.page("patrol-plan.html", name="patrols")
