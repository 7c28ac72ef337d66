"""The application for a WSGI server and for the `flask` command."""

from server.app import create_app
from server.cli.commands import or_leave

with or_leave():
    app = create_app()
