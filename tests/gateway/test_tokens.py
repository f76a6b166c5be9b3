"""Tokens: one good form; anything else is the same plain 401, of which no service hears."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from tests.gateway.client import ask
from tests.gateway.conftest import House
from tests.tokens import Signer


def encoded(part: Any) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims() -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "aula", "aud": "aula-api", "sub": "a" * 24, "sid": "b" * 24, "roles": ["superadmin"],
        "iat": now, "exp": now + 3600, "jti": "c" * 24,
    }  # fmt: skip


def unsigned(algorithm: str, kid: str) -> str:
    return f"{encoded({'alg': algorithm, 'typ': 'at+jwt', 'kid': kid})}.{encoded(claims())}."


def hs256_with_public_key(signer: Signer) -> str:
    pem = signer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = encoded({"alg": "HS256", "typ": "at+jwt", "kid": signer.kid})
    signed = f"{header}.{encoded(claims())}"
    mac = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(mac)}"


def flipped(token: str, part: int) -> str:
    parts = token.split(".")
    middle = len(parts[part]) // 2
    other = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + other + parts[part][middle + 1 :]
    return ".".join(parts)


def raw_exp(signer: Signer, exp: str) -> str:
    good = claims()
    payload = json.dumps(good).replace(str(good["exp"]), exp)
    headers = {"typ": "at+jwt", "kid": signer.kid}
    return jwt.PyJWS().encode(payload.encode(), signer.key, algorithm="ES256", headers=headers)


def bad_tokens(signer: Signer) -> dict[str, str]:
    now, good, stranger = int(time.time()), signer.token(), Signer(signer.kid)
    return {
        **{f"alg {a}": unsigned(a, signer.kid) for a in ("none", "None", "NONE", "nOnE", "")},
        "hs256 with our public key": hs256_with_public_key(signer),
        "unknown kid": signer.token(header={"kid": "other"}),
        "kid as a path": signer.token(header={"kid": "../../etc/passwd"}),
        "kid as a number": unsigned("ES256", 7),
        "kid as a list": unsigned("ES256", [signer.kid]),
        "another's key": stranger.token(),
        "another's key, with jku": stranger.token(header={"jku": "http://127.0.0.1:1/keys"}),
        "another's key, with jwk": stranger.token(header={"jwk": stranger.jwk}),
        "expired by a second": signer.token(iat=now - 3601, exp=now - 1),
        "exp as a string": signer.token(exp=str(now + 3600)),
        "exp 1e300": raw_exp(signer, "1e300"),
        "exp as a fraction": signer.token(iat=now, exp=now + 3599.5),
        "exp missing": signer.token(without=("exp",)),
        "lives too long": signer.token(iat=now, exp=now + 3601),
        "from the future": signer.token(iat=now + 900, exp=now + 3600),
        "wrong aud": signer.token(aud="other"),
        "aud among others": signer.token(aud=["aula-api", "other"]),
        "aud missing": signer.token(without=("aud",)),
        "wrong iss": signer.token(iss="other"),
        "sid missing": signer.token(without=("sid",)),
        "sub as a number": signer.token(sub=7),
        "roles unknown": signer.token(roles=("root",)),
        "roles empty": signer.token(roles=()),
        "jti as a number": signer.token(jti=7),
        "typ JWT": signer.token(header={"typ": "JWT"}),
        "typ of a refresh token": signer.token(header={"typ": "rt+jwt"}),
        "an opaque token": "b0c1d2e3f4a5968778695a4b3c2d1e0f",
        "5 KB": signer.token(padding="x" * 5000),
        "crit": signer.token(header={"crit": ["b64"], "b64": True}),
        **{f"a flipped byte in part {i}": flipped(good, i) for i in range(3)},
        "not base64": "§.§.§",
        "four parts": good + ".x",
        "header is a list": f"{encoded([])}.{encoded(claims())}.x",
        "deep header": f"{encoded(b'[' * 3000)}.{encoded(claims())}.x",
        "empty": "",
    }


async def test_every_bad_token_is_the_same_401_and_no_service_is_called(house: House) -> None:
    assert (await ask(house.port, "GET", "/me", token=house.signer.token())).status == 200
    house.users.reset()
    for what, token in bad_tokens(house.signer).items():
        for method, path in (("GET", "/me"), ("POST", "/auth/refresh"), ("GET", "/")):
            body = b"{}" if method == "POST" else None
            answer = await ask(house.port, method, path, token=token, body=body)
            assert answer.status == 401, what
            assert answer.code == "authentication_required", what
            assert answer.json["errors"] == ["Authentication required"]
            assert answer["www-authenticate"] == "Bearer"
    assert not house.users.arrived
    assert not house.auth.arrived


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "token", "Bearer a b", "bearer\tx"])
async def test_other_schemes_are_401_too(house: House, value: str) -> None:
    answer = await ask(house.port, "GET", "/.well-known/jwks.json", f"Authorization: {value}")
    assert (answer.status, answer.code) == (401, "authentication_required")


async def test_two_tokens_are_ambiguous(house: House) -> None:
    line = f"Authorization: Bearer {house.signer.token()}"
    answer = await ask(house.port, "GET", "/me", line, line)
    assert (answer.status, answer.code) == (400, "malformed_request")
    assert not house.users.arrived


async def test_the_scheme_has_no_case_and_the_token_goes_on_untouched(house: House) -> None:
    token = house.signer.token()
    answer = await ask(house.port, "GET", "/me", f"authorization: bEARER {token}")
    assert answer.status == 200
    assert house.users.last["authorization"] == f"bEARER {token}"


async def test_an_optional_route_is_anonymous_without_a_token(house: House, quick: int) -> None:
    assert (await ask(quick, "GET", "/maybe")).status == 200
    assert (await ask(quick, "GET", "/maybe", token=house.signer.token())).status == 200
    assert (await ask(quick, "GET", "/maybe", token=house.signer.token(aud="x"))).status == 401
    assert len(house.users.arrived) == 2
