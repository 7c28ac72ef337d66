"""One server that really runs, for all that floods it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from server.config import Settings
from server.held import held
from tests import people
from tests.people import County, Headers
from tests.support import databases, serving
from tests.support.serving import Served
from tests.trips import under_way

HEARTBEAT_S = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A running server, the same application here, a county in its database, a duty with check-ins."""

    app: Flask
    served: Served
    folk: County
    trip: dict[str, Any]

    @property
    def per_s(self) -> int:
        """So many requests a second each sender may make."""
        return held(Settings).sender_per_s

    def headers(self, who: str) -> Headers:
        """Of a new sitting of theirs."""
        return getattr(self.folk, who).sign_in(self.app.test_client())  # type: ignore[no-any-return]  # a `Someone`


@pytest.fixture(scope="package")
def standing(spatialite_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The server on a database of its own."""
    folder = tmp_path_factory.mktemp("standing")
    url = databases.copied(spatialite_app, folder / "guatu.sqlite")
    app = databases.opened(
        databases.settings_for(
            url, folder, sender_per_s=40, stream_heartbeat_s=HEARTBEAT_S, stream_poll_ms=20
        )
    )
    with app.app_context():
        folk = people.county(app)
        trip = under_way(folk.cadre, folk.supervisor_a)
        with serving.serve(held(Settings)) as served:
            yield Standing(app, served, folk, trip)
    databases.close(app)
