"""Signatures of texts that a client gets and gives back: by key id, so that two keys are good at once."""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from pydantic import SecretStr

_ID, _MAC = 8, 32  # hexadecimal signs


class Signing:
    """Signs with the first of the keys, and knows the signatures of all. Without a key nothing is signed.

    `keys` is asked at each call, so that a rotated key is used at once and the one before it stays good.
    """

    def __init__(self, purpose: str, keys: Callable[[], Sequence[SecretStr]] = tuple) -> None:
        self._purpose, self._keys = purpose.encode(), keys

    def sign(self, text: str) -> str:
        """The text with the key's id and the signature behind it."""
        keys = self._keys()
        return f"{text}.{_id(keys[0])}.{self._mac(keys[0], text)}" if keys else text

    def read(self, signed: str) -> str:
        """The text; ValueError where no key of now signed it."""
        keys = self._keys()
        if not keys:
            return signed
        text, _, rest = signed.partition(".")
        key_id, _, mac = rest.partition(".")
        for key in keys:
            if key_id == _id(key) and hmac.compare_digest(mac.encode(), self._mac(key, text).encode()):
                return text
        raise ValueError("not signed by a key of now")

    def _mac(self, key: SecretStr, text: str) -> str:
        message = self._purpose + b":" + text.encode()
        return hmac.digest(key.get_secret_value().encode(), message, "sha256").hex()[:_MAC]


def _id(key: SecretStr) -> str:
    """The name of a key, from which it cannot be found out."""
    return hashlib.sha256(b"key id:" + key.get_secret_value().encode()).hexdigest()[:_ID]
