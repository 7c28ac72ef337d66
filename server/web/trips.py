"""Trips: the list, the plan form and one trip's page."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_trips", __name__)


@door.get("/trips")
@guard("trip.read")
def listed() -> str:
    """The trips the reader may see."""
    return shell.page("trips.html", name="trips")


@door.get("/trips/new")
@guard("trip.plan")
def planned() -> str:
    """The form for a new trip."""
    return shell.page("plan.html", name="trips")


@door.get("/trips/<int:trip_id>/edit")
@guard("trip.edit")
def edited(trip_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """The form for changing a trip's plan."""
    return shell.page("plan.html", name="trips")


@door.get("/trips/<int:trip_id>")
@guard("trip.read")
def one(trip_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One trip: plan against what happened."""
    return shell.page("trip.html", name="trips")
