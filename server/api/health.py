"""Health: is the process alive, and can it do its work. Open to everybody, and silent about everything else."""

from flask import Blueprint, Response

from server.api.doors import answer
from server.gate import public
from server.held import held
from server.live.hub import Hub
from server.queries import health, sweeps

doors = Blueprint("health", __name__)


@doors.get("/health/live")
@public
def live() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@doors.get("/health/ready")
@public
def ready() -> Response:
    """The database answers, is migrated and takes things in; 503 with the sentence where not.

    `lag_s` is how far streams are behind; `age_s` how long ago the sweep was last done whole (null: never).
    """
    migration, age_s = health.migration(), sweeps.age_s()
    health.ensure_writable()
    return answer(
        {
            "status": "ok",
            "migration": migration,
            "stream": {"lag_s": round(held(Hub).lag_s, 1)},
            "sweep": {"age_s": None if age_s is None else round(age_s)},
        }
    )
