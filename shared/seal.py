"""Short secrets that must travel or rest where others can read: AES-256-GCM, bound to a context."""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealBroken(Exception):
    """The text was sealed with another key, for another context, or was changed."""


class Seal:
    """Seals with a key derived from `secret` (any length; SHA-256 makes the key of it)."""

    def __init__(self, secret: str | bytes) -> None:
        raw = secret.encode() if isinstance(secret, str) else secret
        self._cipher = AESGCM(hashlib.sha256(b"aula-seal:" + raw).digest())

    def close(self, plain: bytes, context: str) -> str:
        """`plain` as URL-safe text that only the same key opens, and only for this `context`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain, context.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, text: str, context: str) -> bytes:
        try:
            raw = base64.urlsafe_b64decode(text)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
