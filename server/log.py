"""Logs: one JSON object a line, with a request's number, and never a query string, a name or a coordinate."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: when, level, who wrote it, which request, what."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception's traceback rides in `trace`."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "say": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str) -> None:
    """Send this project's log to standard error as JSON lines from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("guatu")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
