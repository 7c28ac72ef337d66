"""What every page tells the browser not to do: no inline code, no other hosts, no framing."""

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request

from server.config import Settings
from server.held import held

HSTS = "max-age=31536000; includeSubDomains"
FOR_MACHINES = "default-src 'none'; frame-ancestors 'none'; sandbox"
MACHINE_DOORS = ("/api/", "/ingest/", "/health/")
RANGE = re.compile(r"\{([0-9a-z])-([0-9a-z])\}")


def join(app: Flask) -> None:
    """Set the headers on everything that is sent."""
    app.after_request(secure)


def secure(response: Response) -> Response:
    """Add the security headers; pages with a person's data are kept by no cache."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.path.startswith(MACHINE_DOORS):
        response.headers.setdefault("Content-Security-Policy", FOR_MACHINES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
    response.headers.setdefault("Content-Security-Policy", policy(held(Settings).tiles_url))
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def policy(tiles_url: str) -> str:
    """The Content-Security-Policy: this host alone, and for images the base map's hosts."""
    images = " ".join(["'self'", "data:", "blob:", *tile_hosts(tiles_url)])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src {images}; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def tile_hosts(tiles_url: str) -> list[str]:
    """The origins of the base map's addresses (blank-separated templates; `{0-7}` is one host each), sorted."""
    origins = {
        f"{parts.scheme}://{parts.netloc}"
        for template in tiles_url.split()
        for parts in (urlsplit(host) for host in _spread(template))
        if parts.scheme in {"http", "https"} and parts.netloc
    }
    return sorted(origins)


def _spread(template: str) -> list[str]:
    """A template with a range such as `{0-7}` as one address for each of its members."""
    found = RANGE.search(template)
    if found is None:
        return [template]
    first, last = ord(found[1]), ord(found[2])
    return [template.replace(found[0], chr(each)) for each in range(first, last + 1)]
