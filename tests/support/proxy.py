"""The nginx of `deploy/nginx`, as it stands there but for its places, in front of a server that runs."""

import http.client
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from server import clock
from server.cli import certificate
from tests.support import serving

DEPLOY = serving.TREE / "deploy"
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/guatu.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that runs: its two ports, its logs, and what trusts its certificate."""

    https: int
    clear: int
    folder: Path

    @property
    def log(self) -> str:
        """What it has logged, accesses and errors."""
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))

    def connect(self) -> http.client.HTTPSConnection:
        """A connection to it that trusts its certificate."""
        trusting = ssl.create_default_context(cafile=str(self.folder / "tls" / "certificate.pem"))
        return http.client.HTTPSConnection("127.0.0.1", self.https, timeout=20, context=trusting)


@contextmanager
def in_front_of(port: int, folder: Path, nginx: str) -> Iterator[Proxy]:
    """Run it before the server at this port until the block is left."""
    with serving.listening() as one, serving.listening() as other:
        proxy = Proxy(one.getsockname()[1], other.getsockname()[1], folder)
    _write(proxy, port)
    with (folder / "said").open("wb") as said:
        child = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf")], stderr=said)
    try:
        _wait(proxy, child)
        yield proxy
    finally:
        child.terminate()
        child.wait(timeout=20)


def _write(proxy: Proxy, port: int) -> None:
    """Its files: ours with other ports and folders, a certificate, and the block around it that Debian brings."""
    folder = proxy.folder
    places = {
        "listen 443 ": f"listen 127.0.0.1:{proxy.https} ",
        "listen 80;": f"listen 127.0.0.1:{proxy.clear};",
        "/etc/nginx/guatu-upstream.conf": f"{folder}/upstream.conf",
        "/etc/guatu/tls/": f"{folder}/tls/",
        "/var/log/nginx/": f"{folder}/",
        "/srv/guatu/deploy/nginx": f"{DEPLOY}/nginx",
    }
    told = (DEPLOY / "nginx" / "guatu.conf").read_text()
    for ours, theirs in places.items():
        assert ours in told, ours
        told = told.replace(ours, theirs)
    (folder / "guatu.conf").write_text(told)
    upstream = (DEPLOY / "nginx" / "upstream.conf").read_text()
    (folder / "upstream.conf").write_text(re.sub(r"127\.0\.0\.1:8000", f"127.0.0.1:{port}", upstream))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    (folder / "tls").mkdir()
    made, secret = certificate.make(["127.0.0.1"], clock.now())
    (folder / "tls" / "certificate.pem").write_bytes(made)
    (folder / "tls" / "key.pem").write_bytes(secret)


def _wait(proxy: Proxy, child: subprocess.Popen[bytes]) -> None:
    """Wait until it answers; what it said is the failure when it does not."""
    give_up_at = time.monotonic() + serving.UP_WITHIN_S
    while time.monotonic() < give_up_at and child.poll() is None:
        try:
            with closing(proxy.connect()) as door:
                door.request("GET", "/health/live")
                door.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nginx did not come up: {(proxy.folder / 'said').read_text()}")
