"""A real FCM on loopback, with the token endpoint of its service account."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.settings import Secret
from tests.notifications.h2_peer import H2Peer, Reply, Request

PROJECT, ACCOUNT = "aula-test", "pushes@aula-test.example"
_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"

OK = Reply(body={"name": f"projects/{PROJECT}/messages/1"})


def refusal(status: int, code: str, field: str = "", **headers: str) -> Reply:
    """`field`: of the message that is called wrong."""
    violation = {"@type": _BAD_REQUEST, "fieldViolations": [{"field": field}]}
    details = [violation] if field else []
    details += [{"@type": _ERROR, "errorCode": code}] if code else []
    body = {"error": {"code": status, "message": "…", "details": details}}
    return Reply(status, body, {name.replace("_", "-"): headers[name] for name in headers})


class FcmPeer(H2Peer):
    """`answers` hold, by registration token, the answers to come; the last one stays. `tokens`: the
    answers of the token endpoint before it says yes."""

    def __init__(self) -> None:
        super().__init__()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._public_key = key.public_key()
        self._key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        self.answers: dict[str, list[Reply | str]] = {}
        self.tokens: list[Reply | str] = []
        self.life = 3600
        self.asked = 0  # for access tokens
        self.received: list[dict[str, Any]] = []
        self.valid = ""

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "key-1",
            "private_key": self._key,
            "client_email": ACCOUNT,
            "token_uri": f"{self.url}/token",
        }

    def settings(self, ca_file: str) -> dict[str, Any]:
        return {
            "fcm_credentials": Secret(msgspec.json.encode(self.credentials).decode()),
            "fcm_url": self.url,
            "push_ca_file": ca_file,
        }

    def to(self, token: str) -> list[dict[str, Any]]:
        return [each for each in self.received if each["token"] == token]

    async def respond(self, request: Request) -> Reply | str:
        if request.path == "/token":
            return await self._token(request)
        if request.path != f"/v1/projects/{PROJECT}/messages:send":
            return refusal(404, "")
        if request.headers.get("authorization") != f"Bearer {self.valid}":
            return refusal(401, "THIRD_PARTY_AUTH_ERROR")
        message = msgspec.json.decode(request.body)["message"]
        self.received.append(message)
        waiting = self.answers.get(message["token"])
        if not waiting:
            return OK
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    async def _token(self, request: Request) -> Reply | str:
        self.asked += 1
        if self.tokens:
            return self.tokens.pop(0)
        form = parse_qs(request.body.decode())
        assertion = form["assertion"][0]
        claims = jwt.decode(
            assertion,
            self._public_key,
            algorithms=["RS256"],
            audience=self.credentials["token_uri"],
            issuer=ACCOUNT,
        )
        assert claims["scope"].endswith("/firebase.messaging")
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        await asyncio.sleep(0.05)  # so that several can want it at once
        self.valid = f"access-{self.asked}"
        return Reply(body={"access_token": self.valid, "expires_in": self.life})


@asynccontextmanager
async def fcm_peer() -> AsyncIterator[FcmPeer]:
    peer = FcmPeer()
    async with peer.listening():
        yield peer
