"""The keys that sign access tokens: from the environment, or made once in a file only its owner can read.

HS256, one kid to each key. The first key signs; the others still verify until the last token they signed has run
out. A running server looks at the file again when it has changed, so a rotation needs no restart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt

from server import clock
from server.config import Settings
from server.errors import SignInNeeded
from server.services import keyfiles
from server.services.keyfiles import Bunch, Key

ALGORITHM = "HS256"
FILE = "signing-keys.json"
LONGEST_TOKEN = timedelta(hours=2)
"""More than any access token lives (an hour at most) and any process takes to see that the file has changed."""
REMEMBERED = 20_000
"""How many verified tokens a process remembers: the signature of a token is then computed once, not per request."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified access token says: its session, and until when it may be used (Unix seconds)."""

    session_id: UUID
    expires: int


class Ring:
    """The keys of one installation, the signing one first, and the tokens already verified with them."""

    def __init__(self, bunch: Bunch) -> None:
        """Sign with the first key of `bunch`, verify with all that are still of use."""
        self._bunch = bunch
        self._verified: dict[str, Claims] = {}

    @classmethod
    def open(cls, settings: Settings) -> "Ring":
        """The ring that the settings name; `KeysRefused` when it cannot be used, made when there is none yet."""
        return cls(Bunch.open(settings.signing_keys, settings.instance / FILE))

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys that sign or verify, the signing one first."""
        return _still_of_use(self._bunch.keys)

    def sign(self, claims: dict[str, Any]) -> str:
        """The token that says `claims`, signed with the first key."""
        self._look_again()
        key = self._bunch.keys[0]
        return jwt.encode(claims, key.secret, algorithm=ALGORITHM, headers={"kid": key.kid})

    def verify(self, token: str) -> Claims:
        """What a token says; `SignInNeeded` when it was not signed here or has run out."""
        self._look_again()
        claims = self._verified.get(token) or self._remember(token)
        if claims.expires <= clock.now().timestamp():
            raise SignInNeeded
        return claims

    def _remember(self, token: str) -> Claims:
        """Check the signature and remember that it held."""
        claims = self._decode(token)
        if len(self._verified) >= REMEMBERED:
            self._verified.clear()
        self._verified[token] = claims
        return claims

    def _decode(self, token: str) -> Claims:
        """What the token says, its signature checked with the key it names. Time is checked by our own clock."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            secret = next(key.secret for key in self.keys if key.kid == kid)
            options: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "sid", "iat", "exp"]}
            said = jwt.decode(token, secret, algorithms=[ALGORITHM], options=options)
            return Claims(session_id=UUID(said["sid"]), expires=int(said["exp"]))
        except (
            jwt.InvalidTokenError,
            StopIteration,
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
        ) as error:
            raise SignInNeeded from error

    def _look_again(self) -> None:
        """What was verified with the keys of before is verified anew with others."""
        if self._bunch.look_again():
            self._verified = {}


def rotate(settings: Settings, *, at_once: bool = False) -> Key:
    """Make a new signing key; the old ones verify until their tokens have run out, or with `at_once` no more.

    `KeysRefused` where the keys come from the environment: whoever set them there rotates them there.
    """
    keep = None if at_once else _still_of_use
    file = settings.instance / FILE
    return keyfiles.renew(settings.signing_keys, file, name="GUATU_SIGNING_KEYS", keep=keep)


def _still_of_use(keys: Iterable[Key]) -> tuple[Key, ...]:
    """The keys without those that signed nothing which could still be good."""
    now = clock.now()
    return tuple(key for key in keys if key.retired_at is None or now - key.retired_at < LONGEST_TOKEN)
