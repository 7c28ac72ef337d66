"""One's own account: devices signed in, the password, who looked at me."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_account", __name__)


@door.get("/account")
@guard("person.read_self")
def own() -> str:
    """What is held about the reader's own account."""
    return shell.page("account.html", name="account")
