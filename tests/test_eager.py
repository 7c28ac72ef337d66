"""A connection that writes before it waits: the same answers, also where the socket does not take it all at once."""

from collections.abc import Iterator

import psycopg
import pytest

from server.eager import Eager
from tests.support.postgis import Cluster

LONG = "图" * 3_000_000
"""More than a socket takes at once."""


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[Eager]:
    """A connection to the cluster's own database."""
    url = cluster.url("postgres").replace("postgresql+psycopg://", "postgresql://")
    with Eager.connect(url, autocommit=True) as made:
        yield made


def test_what_the_socket_does_not_take_at_once_arrives_whole(connection: Eager) -> None:
    assert connection.execute("SELECT length(%s), %s", (LONG, LONG)).fetchone() == (len(LONG), LONG)


def test_many_statements_in_a_row_are_answered_in_their_order(connection: Eager) -> None:
    with connection.pipeline():
        asked = [connection.execute("SELECT %s, %s", (number, LONG[:100_000])) for number in range(50)]
        assert [found[0] for cursor in asked if (found := cursor.fetchone())] == list(range(50))


def test_a_lost_connection_is_told(connection: Eager) -> None:
    with psycopg.connect(connection.info.dsn, password=connection.info.password, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
