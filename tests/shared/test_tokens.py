"""Access tokens: every one that is not exactly ours is the same refusal."""

import base64
import hashlib
import hmac
import json
import os
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.errors import AuthenticationRequired, Unavailable
from shared.tokens import PublicKeys, TokenVerifier
from tests.tokens import Signer

NOW = int(time.time())  # for all of this file, however long it takes to come to its turn
ISSUER = Signer("kid-1")
PEM = ISSUER.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def this_moment() -> float:
    return NOW


def verifier(now: Any = this_moment, cache_size: int = 10) -> TokenVerifier:
    keys = PublicKeys()
    keys.put(ISSUER.kid, ISSUER.jwk)
    return TokenVerifier(keys, issuer="aula", audience="aula-api", cache_size=cache_size, now=now)


def signed(header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Ours, but for what is given; None leaves a claim out."""
    claims = {"iat": NOW, "exp": NOW + 3600, **claims}
    without = tuple(name for name, value in claims.items() if value is None)
    return ISSUER.token(user="a" * 24, session="b" * 24, header=header, without=without, **claims)


def forged(alg: str, signature: bytes = b"") -> str:
    """A token with any algorithm in its header, which PyJWT would not make."""
    claims = signed().split(".")[1]
    header = {"alg": alg, "typ": "at+jwt", "kid": ISSUER.kid}
    first = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{first}.{claims}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def flipped(token: str) -> str:
    at = len(token) - 20
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def hs256_with_the_public_key() -> str:
    token = forged("HS256").rsplit(".", 1)[0]
    return (
        f"{token}."
        + base64.urlsafe_b64encode(hmac.digest(PEM, token.encode(), hashlib.sha256))
        .rstrip(b"=")
        .decode()
    )


BAD = {
    "empty": "",
    "not a token": "abc",
    "alg none": forged("none"),
    "alg None": forged("None"),
    "alg nOnE": forged("nOnE"),
    "HS256 with the public key": hs256_with_the_public_key(),
    "unknown kid": signed({"kid": "other"}),
    "kid as a path": signed({"kid": "../../dev/null"}),
    "own key in the header": Signer(ISSUER.kid).token(iat=NOW, exp=NOW + 3600),
    "wrong typ": signed({"typ": "JWT"}),
    "expired by a second": signed(iat=NOW - 3601, exp=NOW - 1),
    "exp as a string": signed(exp=str(NOW + 60)),
    "exp as a float": signed(exp=float(NOW) + 60.5),
    "exp far too large": signed(exp=1e300),
    "lives too long": signed(exp=NOW + 3601),
    "from the future": signed(iat=NOW + 600, exp=NOW + 1200),
    "exp before iat": signed(iat=NOW + 4, exp=NOW + 3),
    "wrong aud": signed(aud="other"),
    "missing aud": signed(aud=None),
    "aud as a list": signed(aud=["aula-api"]),
    "wrong iss": signed(iss="other"),
    "no sid": signed(sid=None),
    "no jti": signed(jti=None),
    "roles unknown": signed(roles=["root"]),
    "roles empty": signed(roles=[]),
    "roles a string": signed(roles="admin"),
    "sub a number": signed(sub=5),
    "one byte flipped": flipped(signed()),
    "over 4 KiB": signed(extra="x" * 4096),
    "padded": signed() + "==",
    "not ASCII": signed() + "é",
    "a refresh token": base64.urlsafe_b64encode(os.urandom(48)).decode(),
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_a_bad_token_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationRequired):
        verifier().verify(token)


def test_a_good_token_says_who_calls() -> None:
    principal = verifier().verify(signed(roles=["admin"]))
    assert (principal.user_id, principal.session_id, principal.role) == (
        "a" * 24,
        "b" * 24,
        "admin",
    )
    assert principal.has("user")
    assert not principal.has("superadmin")


def test_a_remembered_token_still_expires() -> None:
    moment = [float(NOW)]
    remembering = verifier(lambda: moment[0])
    token = signed()
    remembering.verify(token)
    moment[0] += 3601
    with pytest.raises(AuthenticationRequired):
        remembering.verify(token)


def test_the_memory_is_bounded() -> None:
    remembering = verifier(cache_size=3)
    for number in range(10):
        remembering.verify(signed(jti=str(number)))
    assert len(remembering._cache) == 3


def test_a_withdrawn_key_counts_at_once_when_the_memory_is_cleared() -> None:
    keys = PublicKeys()
    keys.put(ISSUER.kid, ISSUER.jwk)
    remembering = TokenVerifier(keys, issuer="aula", audience="aula-api", now=this_moment)
    token = signed()
    remembering.verify(token)
    keys.remove(ISSUER.kid)
    remembering.forget_all()
    with pytest.raises(AuthenticationRequired):
        remembering.verify(token)


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "bearer ", "Token x", "Bearer a b"])
def test_other_authorization_headers_are_refused(header: str) -> None:
    with pytest.raises(AuthenticationRequired):
        verifier().from_header(header)


def test_who_knows_no_key_yet_calls_no_token_bad() -> None:
    nothing_known = TokenVerifier(PublicKeys(), issuer="aula", audience="aula-api")
    with pytest.raises(Unavailable):
        nothing_known.verify(signed())
    with pytest.raises(AuthenticationRequired):  # what is no token at all is known to be bad
        nothing_known.verify("abc")
