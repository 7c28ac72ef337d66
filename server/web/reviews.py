"""The review queue: to supervisors what waits for them, to everybody what they were asked."""

from flask import Blueprint

from server.config import Settings
from server.gate import guard
from server.held import held
from server.web import shell

door = Blueprint("desk_reviews", __name__)


@door.get("/reviews")
@guard("review.read")
def queue() -> str:
    """What waits, by duty, the oldest first."""
    return shell.page("reviews.html", name="reviews", query_days=held(Settings).query_days)
