"""Access tokens as everybody checks them: gateway and services, offline, with the public keys.

The rules are the contract's: ES256 and nothing else, `typ: at+jwt`, the claims below all there and
of the right type, no longer lived than we issue them, at most 4 KiB. Every refusal is the same 401.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from shared.errors import AuthenticationRequired, Unavailable
from shared.roles import ROLES, Role

ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"  # noqa: S105  a media type (RFC 9068), not a password
ACCESS_TOKEN_LIFE = 3600
MAX_TOKEN_BYTES = 4096
_CLOCK_SKEW = 5  # seconds that another machine's clock may be ahead of ours
_CLAIMS = ("iss", "aud", "sub", "sid", "roles", "iat", "exp", "jti")


class Principal(msgspec.Struct, frozen=True):
    """Who is calling: what an access token says, checked. Times in seconds since the epoch."""

    user_id: str
    session_id: str
    roles: tuple[Role, ...]
    issued_at: int
    expires_at: int

    @property
    def role(self) -> Role:
        return max(self.roles, key=ROLES.index)

    def has(self, role: Role) -> bool:
        """A higher role passes every lower check."""
        return ROLES.index(self.role) >= ROLES.index(role)


class PublicKeys:
    """The public keys by `kid`: filled from the key bucket, read at each check."""

    def __init__(self) -> None:
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._told = False  # of any key, ever

    def put(self, kid: str, jwk: Mapping[str, Any]) -> None:
        key = jwt.PyJWK.from_dict(dict(jwk), algorithm=ALGORITHM).key
        assert isinstance(key, EllipticCurvePublicKey)
        self._keys[kid] = key
        self._told = True

    def remove(self, kid: str) -> None:
        self._keys.pop(kid, None)

    def get(self, kid: object) -> EllipticCurvePublicKey:
        """Raises AuthenticationRequired; Unavailable while nothing is known of any key, as in the
        first moments of a process: a client must not take its good token for a bad one."""
        if not self._told:
            raise Unavailable
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise AuthenticationRequired
        return key

    def __len__(self) -> int:
        return len(self._keys)


class TokenVerifier:
    """Turns a token into a Principal, remembering the last `cache_size` good ones."""

    def __init__(
        self,
        keys: PublicKeys,
        *,
        issuer: str,
        audience: str,
        cache_size: int = 10_000,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._cache: OrderedDict[str, Principal] = OrderedDict()
        self._cache_size = cache_size
        self._now = now

    def from_header(self, authorization: str) -> Principal:
        """The principal of an `Authorization` header; anything but a good bearer token is a 401."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationRequired
        return self.verify(token.strip())

    def verify(self, token: str) -> Principal:
        principal = self._cache.get(token)
        if principal is None:
            principal = self._checked(token)
            self._cache[token] = principal
            if len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        elif principal.expires_at <= self._now():
            del self._cache[token]
            raise AuthenticationRequired
        return principal

    def forget_all(self) -> None:
        """Check every token anew from now on, as when a key was withdrawn."""
        self._cache.clear()

    def _checked(self, token: str) -> Principal:
        # Padding is no part of a token (RFC 7515): each has one spelling only.
        if len(token) > MAX_TOKEN_BYTES or not token.isascii() or "=" in token:
            raise AuthenticationRequired
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") != TOKEN_TYPE or header.get("alg") != ALGORITHM:
                raise AuthenticationRequired
            claims = jwt.decode(
                token,
                self._keys.get(header.get("kid")),
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                # Times are checked below, by our clock and by our rules.
                options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False},
            )
            principal = msgspec.convert(
                {
                    "user_id": claims["sub"],
                    "session_id": claims["sid"],
                    "roles": claims["roles"],
                    "issued_at": claims["iat"],
                    "expires_at": claims["exp"],
                },
                Principal,
            )
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError) as error:
            raise AuthenticationRequired from error
        now = self._now()
        lifetime = principal.expires_at - principal.issued_at
        if (
            not principal.roles
            or principal.expires_at <= now
            or principal.issued_at > now + _CLOCK_SKEW
            or not 0 < lifetime <= ACCESS_TOKEN_LIFE
            or claims["aud"] != self._audience
            or not isinstance(claims["jti"], str)
        ):
            raise AuthenticationRequired
        return principal
