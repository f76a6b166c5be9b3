"""What auth hands out: access tokens (JWT, ES256), refresh tokens, one-time codes."""

import base64
import hashlib
import hmac
import os
import struct
from datetime import datetime

import jwt
import msgspec

from services.auth.signing_keys import SigningKeys
from shared.roles import Role
from shared.tokens import ALGORITHM, TOKEN_TYPE

_REFRESH = struct.Struct(">12sI32s")  # session id, generation, MAC


class TokenMint:
    """Makes access tokens."""

    def __init__(self, keys: SigningKeys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def access_token(
        self, user_id: str, session_id: str, role: Role, now: datetime, expires: datetime
    ) -> str:
        kid, signer = self._keys.signer
        return jwt.encode(
            {
                "iss": self._issuer,
                "aud": self._audience,
                "sub": user_id,
                "sid": session_id,
                "roles": [role],
                "iat": int(now.timestamp()),
                "exp": int(expires.timestamp()),
                "jti": os.urandom(12).hex(),
            },
            signer,
            algorithm=ALGORITHM,
            headers={"typ": TOKEN_TYPE, "kid": kid},
        )


class RefreshToken(msgspec.Struct, frozen=True):
    """A refresh token taken apart. Its MAC says whether we made it."""

    session_id: str
    generation: int
    mac: bytes


class RefreshTokens:
    """Refresh tokens are derived, not stored: the same session and generation give the same token,
    so that a lost answer can be given again. Deriving needs our key and the session's salt."""

    def __init__(self, secret: str) -> None:
        self._key = derived_key(secret, "refresh-token")

    def derive(self, session_id: str, generation: int, salt: str) -> str:
        mac = self._mac(session_id, generation, salt)
        raw = _REFRESH.pack(bytes.fromhex(session_id), generation, mac)
        return base64.urlsafe_b64encode(raw).decode()

    def parse(self, token: str) -> RefreshToken | None:
        """None for what cannot be one of ours."""
        try:
            session, generation, mac = _REFRESH.unpack(
                base64.b64decode(token, altchars=b"-_", validate=True)
            )
        except (ValueError, struct.error):
            return None
        return RefreshToken(session.hex(), generation, mac)

    def is_ours(self, token: RefreshToken, salt: str) -> bool:
        expected = self._mac(token.session_id, token.generation, salt)
        return hmac.compare_digest(expected, token.mac)

    def _mac(self, session_id: str, generation: int, salt: str) -> bytes:
        message = f"{session_id}.{generation}.{salt}".encode()
        return hmac.digest(self._key, message, "sha256")


class Codes:
    """One-time codes, derived (RFC 4226) from a key and the challenge, so stored nowhere."""

    def __init__(self, secret: str) -> None:
        self._key = derived_key(secret, "one-time-code")

    def derive(self, identifier: str, purpose: str, challenge_id: str, digits: int) -> str:
        message = "\0".join((identifier, purpose, challenge_id)).encode()
        digest = hmac.digest(self._key, message, "sha256")
        offset = digest[-1] & 0x0F
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return f"{number % 10**digits:0{digits}d}"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def derived_key(secret: str, use: str) -> bytes:
    """A key for one use, so that no two uses share one."""
    return hmac.digest(secret.encode(), f"aula:{use}".encode(), "sha256")
