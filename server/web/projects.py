"""Projects: the list with flags and the sheet to take in, one project's page, one flag's page."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_projects", __name__)


@door.get("/projects")
@guard("project.read")
def listed() -> str:
    """The projects the reader may see, their flags, the rules of flags."""
    return shell.page("projects.html", name="projects")


@door.get("/projects/<int:project_id>")
@guard("project.read")
def one(project_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One project, from its lead to its production."""
    return shell.page("project.html", name="projects")


@door.get("/flags/<int:flag_id>")
@guard("flag.read")
def flag(flag_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One flag with the rows that made it."""
    return shell.page("flag.html", name="projects")
