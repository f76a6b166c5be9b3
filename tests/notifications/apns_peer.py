"""A real APNs on loopback that does to each device token what the test says."""

import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import jwt
import msgspec

from shared.settings import Secret
from tests.notifications.certificates import new_key, pem_of
from tests.notifications.h2_peer import H2Peer, Reply, Request

TOPIC, KEY_ID, TEAM_ID = "test.school.aula", "ABC123DEFG", "DEF123GHIJ"
TOPICS = {"alert": TOPIC, "liveactivity": f"{TOPIC}.push-type.liveactivity"}

OK = Reply()
SLOW = Reply(after=1.0)


def refusal(status: int, reason: str, timestamp: int | None = None, **headers: str) -> Reply:
    """`timestamp`: milliseconds."""
    body = {"reason": reason} | ({"timestamp": timestamp} if timestamp else {})
    return Reply(status, body, {name.replace("_", "-"): headers[name] for name in headers})


@dataclass(frozen=True)
class Received:
    token: str
    headers: Mapping[str, str]
    payload: dict[str, Any]
    at: float

    @property
    def aps(self) -> dict[str, Any]:
        aps: dict[str, Any] = self.payload["aps"]
        return aps


class ApnsPeer(H2Peer):
    """`answers` hold, by device token, the answers to come; the last one stays. `received` is all
    that came, `pushes` what was answered with yes, `wrong` what Apple would have refused."""

    def __init__(self) -> None:
        super().__init__()
        key = new_key()
        self.key = pem_of(key)
        self._public_key = key.public_key()
        self.forget()

    def forget(self) -> None:
        """All that was, and all that was to be."""
        self.answers: dict[str, list[Reply | str]] = {}
        self.received: list[Received] = []
        self.pushes: list[Received] = []
        self.wrong: list[str] = []
        self.bearers: list[str] = []  # in the order in which they were first seen
        self.expired: set[str] = set()  # of these, those that are to count as such
        self.ahead = 0.0  # seconds that its clock is

    def settings(self, ca_file: str) -> dict[str, Any]:
        """Those of notifications, with the authority's certificate in `ca_file`."""
        return {
            "apns_key": Secret(self.key),
            "apns_key_id": KEY_ID,
            "apns_team_id": TEAM_ID,
            "apns_topic": TOPIC,
            "apns_url": self.url,
            "push_ca_file": ca_file,
        }

    def to(self, token: str) -> list[Received]:
        return [each for each in self.pushes if each.token == token]

    def seen(self, token: str) -> int:
        return sum(each.token == token for each in self.received)

    async def respond(self, request: Request) -> Reply | str:
        if not request.path.startswith("/3/device/"):
            return refusal(404, "BadPath")
        token = request.path.removeprefix("/3/device/")
        received = Received(token, request.headers, msgspec.json.decode(request.body), time.time())
        self.received.append(received)
        if reason := self._token_refused(request.headers.get("authorization", "")):
            return refusal(403, reason)
        if reason := _refused(request):
            self.wrong.append(reason)
            return refusal(400, reason)
        answer = self._next_answer(token)
        if isinstance(answer, Reply) and answer.status == 200:
            self.pushes.append(received)
        return answer

    def _token_refused(self, authorization: str) -> str | None:
        bearer = authorization.removeprefix("bearer ")
        if bearer not in self.bearers:
            self.bearers.append(bearer)
        try:
            header = jwt.get_unverified_header(bearer)
            claims = jwt.decode(
                bearer, self._public_key, algorithms=["ES256"], options={"verify_iat": False}
            )
        except jwt.PyJWTError:
            return "InvalidProviderToken"
        if header.get("kid") != KEY_ID or claims.get("iss") != TEAM_ID:
            return "InvalidProviderToken"
        if bearer in self.expired or not -60 < time.time() + self.ahead - claims["iat"] < 3600:
            return "ExpiredProviderToken"
        return None

    def _next_answer(self, token: str) -> Reply | str:
        waiting = self.answers.get(token)
        if not waiting:
            return OK
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _refused(request: Request) -> str | None:
    headers = request.headers
    kind = headers.get("apns-push-type", "")
    try:
        uuid.UUID(headers["apns-id"])
    except (KeyError, ValueError):
        return "BadMessageId"
    if not headers.get("apns-expiration", "").isdigit():
        return "BadExpirationDate"
    if headers.get("apns-topic") != TOPICS.get(kind):
        return "BadTopic"
    if headers.get("apns-priority") not in ("5", "10"):
        return "BadPriority"
    if len(headers.get("apns-collapse-id", "")) > 64:
        return "BadCollapseId"
    return "PayloadTooLarge" if len(request.body) > 4096 else None


@asynccontextmanager
async def apns_peer() -> AsyncIterator[ApnsPeer]:
    peer = ApnsPeer()
    async with peer.listening():
        yield peer
