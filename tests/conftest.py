"""What every test may ask for: both databases, an application on each, a browser, the shared data."""

import gc
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from server.config import Settings
from server.held import held
from server.services import hashes
from tests.support import databases, postgis, serving
from tests.support.lasting import Lasting
from tests.support.postgis import Cluster
from tests.support.serving import Served

expect.set_options(timeout=20_000)

settings.register_profile("repeated", derandomize=True, deadline=None)
settings.register_profile("searched", max_examples=2_000, print_blob=True, deadline=None)
settings.load_profile("repeated")  # `make search` asks for the other

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while five thousand tests are imported: none is made, and it is half the time.

    What there is by then stays to the end: the collector passes over it, and looks at what the tests make, less often
    than a program would that has to run for months.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives Chromium is marked so, and may fail once: the run lists it (decision 0038).

    What is slow comes first, so that nobody waits for one test at the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def usual_hasher() -> Iterator[PasswordHasher]:
    """Argon2id with few bytes and one round while tests run: that it is slow on purpose is tried where passwords are.

    What it is given here is the usual hasher, for the tests of that.
    """
    usual = hashes.HASHER
    hashes.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield usual
    hashes.HASHER = usual


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real boundaries and tracks; where the folder is absent, the test that needs it skips and says so."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder of real boundaries and tracks is not there")
    return SHARED / "data"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostGIS cluster for the whole run."""
    with postgis.cluster() as made:
        yield made


@pytest.fixture(scope="session")
def spatialite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated SpatiaLite file."""
    folder = tmp_path_factory.mktemp("spatialite")
    made = databases.migrated(f"sqlite:///{folder / 'guatu.sqlite'}", folder)
    yield made
    databases.close(made)


@pytest.fixture(scope="session")
def postgis_app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated PostGIS database."""
    cluster.sql("CREATE DATABASE guatu_tests")
    made = databases.migrated(cluster.url("guatu_tests"), tmp_path_factory.mktemp("postgis"))
    yield made
    databases.close(made)


@pytest.fixture(params=["spatialite", "postgis"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on each database in turn, empty, within its context."""
    made: Flask = request.getfixturevalue(f"{request.param}_app")
    databases.empty(made)
    with made.app_context():
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that keeps no cookies of its own accord between tests."""
    return app.test_client()


@pytest.fixture
def server(app: Flask) -> Iterator[Served]:
    """The same application really running: one process on SpatiaLite, two on PostGIS."""
    settings = held(Settings)
    with serving.serve(settings, workers=1 if settings.on_sqlite else 2) as served:
        yield served


@pytest.fixture(scope="session")
def lasting() -> Iterator[Lasting]:
    """A server that is begun once: it serves one test of pages after the other, each with an application of its own."""
    made = Lasting()
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
