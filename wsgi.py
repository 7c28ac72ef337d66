"""The application for a WSGI server and for the `flask` command."""

import sys

from server import processes

processes.count_together(under="gunicorn" in sys.modules)

from server.app import create_app  # noqa: E402  only now: where processes count is looked up as it is imported
from server.cli.commands import or_leave  # noqa: E402  it imports the same

with or_leave():
    app = create_app()
