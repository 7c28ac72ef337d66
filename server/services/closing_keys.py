"""The keys that sign closings: Ed25519, never in the database, made once in a file only its owner can read.

What they signed is checked with their public halves, which leave the server with the closings: whoever keeps a copy
of those elsewhere need believe neither the database nor the server.

Of a key that is gone for good its public half may stand among the keys, declared by whoever runs the server: written
`ed25519:` and the base64 of its bytes in place of the secret. It signs nothing; what it signed is believed.
"""

import base64
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server import clock
from server.config import Settings
from server.errors import KeysRefused
from server.rules.closings import Closing, Signed
from server.services import keyfiles
from server.services.keyfiles import Bunch, Key

FILE: Final = "closing-keys.json"
PURPOSE: Final = b"guatu: closings of the record"
PUBLIC: Final = "ed25519:"

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
        bunch = Bunch.open(settings.closing_keys, settings.instance / FILE)
        if _is_public(bunch.keys[0]):
            raise KeysRefused(
                why_zh="第一个存证密钥只有公钥，不能签名，请把它放到最后",
                why_en="the first closing key is a public half, which signs nothing; put it last",
            )
        return cls(bunch)

    def sign(self, closing: Closing) -> Signed:
        """A closing with its signature."""
        self._bunch.look_again(at_once=True)
        key = self._bunch.keys[0]
        signature = _private(key).sign(closing.statement)
        return Signed(closing, key.kid, base64.b64encode(signature).decode())

    @property
    def trusted(self) -> Trusted:
        """The public keys of this installation, those declared among them; `KeysRefused` where one cannot be read."""
        self._bunch.look_again(at_once=True)
        return {key.kid: _public(key) for key in self._bunch.keys}

    @property
    def declared(self) -> set[str]:
        """The names of those keys of which only the public half is here."""
        return {key.kid for key in self._bunch.keys if _is_public(key)}


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


def declare(settings: Settings, kid: str, key: Ed25519PublicKey) -> str:
    """Put the public half of a key that is gone among the keys; as it is written there.

    Where the keys come from the environment it is for whoever set them there to write it behind them.
    """
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    written = PUBLIC + base64.b64encode(raw).decode()
    if not settings.closing_keys:
        keyfiles.add(settings.instance / FILE, Key(kid, written, retired_at=clock.now()))
    return f"{kid}:{written}"


def _is_public(key: Key) -> bool:
    """Whether only the public half is here."""
    return key.secret.startswith(PUBLIC)


def _public(key: Key) -> Ed25519PublicKey:
    """The public half of a key; `KeysRefused` where it was written wrongly."""
    if not _is_public(key):
        return _private(key).public_key()
    try:
        raw = base64.b64decode(key.secret.removeprefix(PUBLIC), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise KeysRefused(
            why_zh=f"存证密钥 {key.kid} 的公钥写错了",
            why_en=f"the public half of {key.kid} is written wrongly",
        ) from error


def _private(key: Key) -> Ed25519PrivateKey:
    """The private key that a secret stands for, of use for this purpose alone."""
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
