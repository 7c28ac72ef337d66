"""The JSON doors under /api/v1: one blueprint per noun, schemas beside; they translate and never decide."""

from functools import partial
from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api

from server.api import (
    accounts,
    areas,
    boards,
    bulletins,
    campaigns,
    categories,
    checkins,
    closings,
    copies,
    events,
    evidence_files,
    factors,
    flags,
    health,
    hooks,
    households,
    identities,
    ingest,
    invitations,
    log,
    logs,
    looks,
    matters,
    notices,
    patrols,
    people,
    photos,
    places,
    positions,
    projects,
    reports,
    reviews,
    roles,
    rosters,
    search,
    silences,
    status,
    stream,
    trackers,
    tracks,
    trips,
    units,
    views,
    working_calendar,
)
from server.gate import public


class Doors(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's Api, with failures left to `faults`."""

    def _register_error_handlers(self) -> None:
        """None of its own: every failure is answered in one place."""


DESCRIPTION = "挂图外勤上报服务的接口 · The doors of Guatu, a field-reporting server."


NOUNS = (
    accounts,
    factors,
    identities,
    units,
    people,
    invitations,
    rosters,
    roles,
    areas,
    copies,
    trackers,
    trips,
    tracks,
    looks,
    checkins,
    photos,
    reviews,
    log,
    logs,
    reports,
    views,
    search,
    places,
    positions,
    silences,
    stream,
    matters,
    patrols,
    households,
    categories,
    projects,
    evidence_files,
    flags,
    working_calendar,
    boards,
    bulletins,
    campaigns,
    hooks,
    notices,
    events,
    closings,
    status,
)
"""Every noun that has doors below /api/v1, in the order of the document."""


def join(app: Flask) -> None:
    """Register every blueprint and the OpenAPI document at /api/openapi.json."""
    app.config.update(
        API_TITLE="Guatu 挂图",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}},
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
    )
    doors = Doors(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name)})
    doors.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    for noun in NOUNS:
        doors.register_blueprint(noun.doors, url_prefix="/api/v1")
    app.register_blueprint(health.doors)
    app.register_blueprint(status.scraped)
    app.register_blueprint(ingest.doors, url_prefix="/ingest")
    _publish_document(app)


def _name(shape: Any) -> Any:
    """What the document calls a shape: `trips.TripOut`. One cut to some of its fields is written out."""
    if isinstance(shape, ma.Schema):
        if shape.only is not None or shape.exclude or shape.partial:
            return None
        shape = type(shape)
    return f"{shape.__module__.rpartition('.')[2]}.{shape.__name__}"


def _publish_document(app: Flask) -> None:
    """The OpenAPI document is for everybody."""
    views: dict[str, Any] = app.view_functions
    for name, view in list(views.items()):
        if name.startswith("api-docs."):
            views[name] = public(partial(view))  # a bound method cannot be marked
