"""The supervisors' pages: thin shells rendered here, data from the JSON doors; and the phone app's files."""

from flask import Flask

from server import faults
from server.web import (
    account,
    areas,
    assets,
    boards,
    bulletins,
    campaigns,
    failures,
    headers,
    households,
    identities,
    invited,
    language,
    log,
    logs,
    map,  # noqa: A004  the page's own word
    matters,
    notices,
    patrols,
    people,
    phone,
    projects,
    record,
    reports,
    reviews,
    shell,
    signin,
    status,
    trackers,
    trips,
)

PAGES = (
    map,
    log,
    logs,
    trips,
    patrols,
    households,
    reports,
    reviews,
    areas,
    people,
    account,
    trackers,
    matters,
    projects,
    boards,
    bulletins,
    campaigns,
    notices,
    record,
    status,
    signin,
    identities,
    invited,
    assets,
    phone,
)


def join(app: Flask) -> None:
    """Register every page, the language switch, the headers and the page that says what went wrong."""
    app.template_folder = "web/templates"
    language.join(app)
    shell.join(app)
    headers.join(app)
    for noun in PAGES:
        app.register_blueprint(noun.door)
    faults.answer_with(app, page=failures.page)
