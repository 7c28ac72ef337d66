"""Campaigns: the list, and the wall chart of one."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_campaigns", __name__)


@door.get("/campaigns")
@guard("campaign.read")
def listed() -> str:
    """The campaigns under way, and those that are over."""
    return shell.page("campaigns.html", name="campaigns")


@door.get("/campaigns/<int:campaign_id>")
@guard("campaign.read")
def one(campaign_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One campaign's chart."""
    return shell.page("campaign.html", name="campaigns")
