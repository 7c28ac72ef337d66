"""How the server's processes run, under systemd and in the container: `gunicorn --config` takes this file.

What an operator may want otherwise goes into GUNICORN_CMD_ARGS (`--workers 6 --bind 127.0.0.1:8100`), which is heard
after this file.
"""

import os

_ON_POSTGIS = os.environ.get("GUATU_DATABASE_URL", "").startswith("postgresql")

bind = "127.0.0.1:8000"
backlog = 1024

# One process for each core; on SpatiaLite one, because the file has one writer.
workers = len(os.sched_getaffinity(0)) if _ON_POSTGIS else 1

# Each open page holds a stream for hours: as greenlets they take no process from check-ins.
worker_class = "gevent"
worker_connections = 2000

# Longer than nginx keeps an idle connection, so that it never sends a request into one that is being closed.
keepalive = 75

# What is under way is finished before a process leaves; streams end at once and come back by themselves.
graceful_timeout = 20

# Heartbeats between processes go through memory: the disk may be full, and in a container it is read-only.
worker_tmp_dir = "/dev/shm"  # noqa: S108  where Linux keeps files in memory
control_socket_disable = True

# The access log is the proxy's, which leaves out query strings: they may hold a tracker's secret and a position.
accesslog = None
loglevel = "warning"
