"""Opening accounts of the demo county: a new random password, told once, that need not be changed first."""

from server.cli.county.kept import Kept
from server.rules.people import first_password
from server.services import passwords


def open_with_new_password(username: str, county: Kept) -> str:
    """Set a new password through the verbs anybody has: a reset, then the person's own change of it."""
    handed_over = passwords.reset_by_operator(username, None)
    assert handed_over is not None, "a password that was not given is made"
    password = first_password()
    passwords.change(county.actor(username), old=handed_over, new=password)
    return password
