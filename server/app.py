"""`create_app`: settings → database → what is held → edges. Reads like a table of contents."""

from flask import Flask

from server import api, cli, gate, log, web
from server.api.stream import Sights
from server.config import Settings
from server.db import open_database
from server.held import hold
from server.live.hub import Hub
from server.queries.areas import Snapshots
from server.services import checkins, positions, sessions, trackers
from server.services.closing_keys import ClosingKeys
from server.services.keys import Ring
from server.services.provider import Provider
from server.services.seals import Seals
from server.turns import Turns


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application, ready to serve or to run commands; `SettingRefused` when a setting is unusable."""
    settings = settings or Settings.read()
    app = Flask("server", static_folder=None)
    log.configure(settings.log_level)
    open_database(app, settings)
    hold(app, settings)
    hold(app, Ring.open(settings))
    hold(app, Seals.open(settings))
    hold(app, Provider(settings))
    hold(app, ClosingKeys.open(settings))
    hold(app, Turns(settings.sender_per_s))
    hold(app, Snapshots())
    hold(app, Hub())
    hold(app, Sights())
    hold(app, positions.Gathered())
    hold(app, sessions.Lookup())
    hold(app, trackers.Phones())
    hold(app, checkins.Gathered())
    gate.stand(app)
    api.join(app)
    web.join(app)
    cli.join(app)
    return app
