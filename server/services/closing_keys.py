"""The keys that sign closings: Ed25519, never in the database, made once in a file only its owner can read.

What they signed is checked with their public halves, which leave the server with the closings: whoever keeps a copy
of those elsewhere need believe neither the database nor the server.
"""

import base64
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.config import Settings
from server.rules.closings import Closing, Signed
from server.services import keyfiles
from server.services.keyfiles import Bunch, Key

FILE: Final = "closing-keys.json"
PURPOSE: Final = b"guatu: closings of the record"

Trusted = dict[str, Ed25519PublicKey]
"""The public keys that are believed, by the name of the key."""


class ClosingKeys:
    """The keys of one installation, the one that signs first."""

    def __init__(self, bunch: Bunch) -> None:
        """Sign with the first key of `bunch`; what the others signed still holds."""
        self._bunch = bunch

    @classmethod
    def open(cls, settings: Settings) -> "ClosingKeys":
        """The keys that the settings name; `KeysRefused` when they cannot be used, made when there are none yet."""
        return cls(Bunch.open(settings.closing_keys, settings.instance / FILE))

    def sign(self, closing: Closing) -> Signed:
        """A closing with its signature."""
        self._bunch.look_again(at_once=True)
        key = self._bunch.keys[0]
        signature = _private(key).sign(closing.statement)
        return Signed(closing, key.kid, base64.b64encode(signature).decode())

    @property
    def trusted(self) -> Trusted:
        """The public keys of this installation."""
        self._bunch.look_again(at_once=True)
        return {key.kid: _private(key).public_key() for key in self._bunch.keys}


def holds(signed: Signed, trusted: Trusted) -> bool | None:
    """Whether a signature is that of the key it names; None where that key is not trusted."""
    key = trusted.get(signed.kid)
    if key is None:
        return None
    try:
        key.verify(base64.b64decode(signed.signature), signed.closing.statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def rotate(settings: Settings) -> Key:
    """Make a new key that signs from now on; what was signed before still holds.

    `KeysRefused` where the keys come from the environment: whoever set them there rotates them there.
    """
    file = settings.instance / FILE
    return keyfiles.renew(settings.closing_keys, file, name="GUATU_CLOSING_KEYS", keep=tuple)


def _private(key: Key) -> Ed25519PrivateKey:
    """The private key that a secret stands for, of use for this purpose alone."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
