"""Seals: what must be read back from the database, such as the key of a phone's messages, kept closed at rest.

Fernet (AES-128-CBC with HMAC-SHA256) under keys that are never in the database: from the environment, or made once in
a file only its owner can read. The first key seals; all of them open, also those of before, so that an old backup
can still be read. A rotation seals everything anew, and a running server takes it up without a restart.
"""

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.config import Settings
from server.errors import KeysRefused
from server.services import keyfiles
from server.services.keyfiles import Bunch, Key

FILE = "sealing-keys.json"
PURPOSE = b"guatu: sealed in the database"


class Seals:
    """The sealing keys of one installation, the one that seals first."""

    def __init__(self, bunch: Bunch) -> None:
        """Seal with the first key of `bunch`, open with all."""
        self._bunch = bunch
        self._box = _box(bunch.keys)

    @classmethod
    def open(cls, settings: Settings) -> "Seals":
        """The keys that the settings name; `KeysRefused` when they cannot be used, made when there are none yet."""
        return cls(Bunch.open(settings.sealing_keys, settings.instance / FILE))

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys, the one that seals first."""
        return self._bunch.keys

    def seal(self, text: str) -> str:
        """`text` sealed with the first key; as text without blanks, different each time."""
        self.look_again()
        return self._box.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """What was sealed; `KeysRefused` when none of the keys opens it: the keys were lost, or the row is damaged."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return self._unseal_anew(sealed)

    def ensure_opens(self, texts: Iterable[str]) -> None:
        """`KeysRefused` where one of them does not open."""
        for sealed in texts:
            self.unseal(sealed)

    def renewed(self, sealed: str) -> str:
        """The same, sealed with the first key; `KeysRefused` as for `unseal`."""
        return self.seal(self.unseal(sealed))

    def look_again(self, *, at_once: bool = False) -> None:
        """Take up a rotation by another process (looked for once a second at the most, or `at_once`)."""
        if self._bunch.look_again(at_once=at_once):
            self._box = _box(self._bunch.keys)

    def _unseal_anew(self, sealed: str) -> str:
        """Look whether the keys were rotated this instant, and try once more."""
        self.look_again(at_once=True)
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise KeysRefused(
                why_zh=f"封存的内容无法用现有密钥解开，请恢复 {FILE}",
                why_en=f"what was sealed does not open with the keys there are; restore {FILE}",
            ) from error


def rotate(settings: Settings) -> Key:
    """Make a new key that seals from now on; those of before still open.

    What is sealed already stays as it is until it is sealed anew. `KeysRefused` where the keys come from the
    environment: whoever set them there rotates them there.
    """
    return keyfiles.renew(
        settings.sealing_keys, settings.instance / FILE, name="GUATU_SEALING_KEYS", keep=tuple
    )


def _box(keys: tuple[Key, ...]) -> MultiFernet:
    """What seals with the first key and opens with all; each key's secret may be any text long enough."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key.secret))) for key in keys])


def _derived(secret: str) -> bytes:
    """32 bytes out of a secret, of use for this purpose alone."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
