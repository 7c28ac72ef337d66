"""The application for a WSGI server and for the `flask` command."""

import sys

from server import processes

processes.count_together(under="gunicorn" in sys.modules)

with processes.loading():
    from server.app import create_app  # only now: where processes count is looked up as it is imported
    from server.cli.commands import or_leave  # it imports the same

    with or_leave():
        app = create_app()
