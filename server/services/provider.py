"""The county's own sign-in provider (OpenID Connect): on the way there, and what it says on the way back.

The authorization code flow with PKCE, state and nonce, by Authlib; the ID token's signature is checked with the
provider's published keys. What it publishes is fetched from it alone, when somebody signs in, and kept for an hour.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from server import clock
from server.config import Settings
from server.errors import ProviderAway, ProviderRefused, SettingRefused

SCOPE = "openid profile"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with the provider's private key only: never `none`, never one made with a shared secret."""
PATIENCE_S = 5
LEEWAY_S = 60
KEPT_FOR = timedelta(hours=1)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
AWAY_FOR = timedelta(seconds=20)
"""Who could not be asked is called away for so long without being asked again: nobody else waits for it meanwhile."""

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser is sent, and what must come back with it."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the provider says it is: its address, its lasting name for them, what it calls them."""

    issuer: str
    subject: str
    name: str = field(repr=False)


class Provider:
    """The provider that the settings name; it may be none."""

    def __init__(self, settings: Settings) -> None:
        """`SettingRefused` for an address that is not HTTPS (plain HTTP is for this machine itself)."""
        self._settings = settings
        self._known: dict[str, Any] = {}
        self._keys: jwk.KeySet | None = None
        self._asked_at: datetime | None = None
        self._away_at: datetime | None = None
        self.issuer = settings.oidc_issuer.rstrip("/")
        if self.issuer and not _is_safe(self.issuer):
            raise SettingRefused(
                name="GUATU_OIDC_ISSUER", why_zh="须为 https 地址", why_en="it must be an https address"
            )

    @property
    def name(self) -> str:
        """What people call it; empty where there is none."""
        return self._settings.oidc_name if self.issuer else ""

    def depart(self, back: str) -> Departure:
        """The way there for one browser, which is to come `back`. `ProviderAway` when it cannot be asked."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        with self._session(back) as session:
            url, state = session.create_authorization_url(
                self._told("authorization_endpoint"), code_verifier=verifier, nonce=nonce
            )
        return Departure(url, state, nonce, verifier)

    def arrive(self, back: str, code: str, *, nonce: str, verifier: str) -> Told:
        """Whom the provider means by `code`. `ProviderRefused` when it, or we, find anything wrong; `ProviderAway`."""
        try:
            with self._session(back) as session:
                answer = session.fetch_token(
                    self._told("token_endpoint"), code=code, code_verifier=verifier, timeout=PATIENCE_S
                )
            return self._read(str(answer["id_token"]), nonce)
        except requests.RequestException as error:
            raise ProviderAway from error
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise ProviderRefused from error

    def _read(self, id_token: str, nonce: str) -> Told:
        """What a signed ID token says, every claim checked."""
        token = self._decoded(id_token)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": self._known["issuer"]},
                "aud": {"essential": True, "value": self._settings.oidc_client_id},
                "nonce": {"essential": True},
            },
            params={"nonce": nonce, "client_id": self._settings.oidc_client_id},
        )
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_S)
        subject = str(claims["sub"])
        name = claims.get("preferred_username") or claims.get("name") or subject
        return Told(self.issuer, subject[:255], str(name)[:NAME_LENGTH])

    def _decoded(self, id_token: str) -> jwt.Token:
        """The token, its signature checked; once more with fresh keys, where the provider has changed its own."""
        try:
            return jwt.decode(id_token, self._key_set(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            if not self._is_older_than(ASKED_AGAIN_AFTER):
                raise
            self._asked_at = None
            return jwt.decode(id_token, self._key_set(), algorithms=list(ALGORITHMS))

    def _session(self, back: str) -> OAuth2Session:
        """Authlib's client for one exchange."""
        return OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=PATIENCE_S,
        )

    def _told(self, endpoint: str) -> str:
        """One of the provider's addresses."""
        self._look()
        return str(self._known[endpoint])

    def _key_set(self) -> jwk.KeySet:
        """The keys it publishes."""
        self._look()
        assert self._keys is not None
        return self._keys

    def _look(self) -> None:
        """Ask what it publishes, about once an hour. `ProviderAway`, for a short while without asking once more."""
        if not self._is_older_than(KEPT_FOR):
            return
        if self._away_at is not None and abs(clock.now() - self._away_at) < AWAY_FOR:
            raise ProviderAway
        try:
            self._known, self._keys = self._published()
        except ProviderAway:
            self._away_at = clock.now()
            raise
        self._asked_at, self._away_at = clock.now(), None

    def _published(self) -> tuple[dict[str, Any], jwk.KeySet]:
        """What it says of itself, and its keys. `ProviderAway`, also for one that calls itself something else."""
        try:
            known = _asked(f"{self.issuer}/.well-known/openid-configuration")
            endpoints = [
                str(known[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            ]
            if known["issuer"].rstrip("/") != self.issuer or not all(map(_is_safe, endpoints)):
                raise ProviderAway
            return known, jwk.KeySet.import_key_set(_asked(endpoints[-1]))  # type: ignore[arg-type]  # the keys are checked there
        except (requests.RequestException, JoseError, KeyError, ValueError, AttributeError) as error:
            raise ProviderAway from error

    def _is_older_than(self, age: timedelta) -> bool:
        """Whether what we know was asked longer ago than this."""
        return self._asked_at is None or clock.now() - self._asked_at > age


def _asked(url: str) -> dict[str, Any]:
    """A JSON document of the provider's; it is not followed to anywhere else."""
    answer = requests.get(url, timeout=PATIENCE_S, allow_redirects=False)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


def _is_safe(url: str) -> bool:
    """Whether an address is HTTPS, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
