"""Auth in this process, on a real socket, with a clock that the test turns."""

import asyncio
import base64
import itertools
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import nats
import uvicorn

from deploy.ports import LOOPBACK
from deploy.stack import Stack
from services.auth.app import create_app
from services.auth.settings import AuthSettings
from shared.clock import utc_now
from shared.contracts import Event
from shared.http.server import GuardedProtocol
from shared.mongo import Database, connect
from shared.seal import Seal
from shared.settings import Secret
from tests.eventually import eventually

SUPERADMIN = "root@aula.test"
CODE_KEY = Secret("the key that seals codes on their way")

_numbers = itertools.count(1)
_addresses = itertools.count(1)


class TurnableClock:
    """Real time, moved ahead by what a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._stopped_at: datetime | None = None

    def __call__(self) -> datetime:
        return (self._stopped_at or utc_now()) + self.ahead

    def turn(self, **ahead: float) -> None:
        self.ahead += timedelta(**ahead)

    def stop(self) -> None:
        """Until `reset` it moves only as it is turned: for what is exact to the second, or must not
        go on into the next hour, however slow the machine."""
        self._stopped_at = utc_now()

    def reset(self) -> None:
        self.ahead = timedelta(0)
        self._stopped_at = None


def settings_for(servers: Stack, data_dir: Path, prefix: str, **more: Any) -> AuthSettings:
    return AuthSettings(
        mongo_url=servers.mongo_url,
        nats_url=servers.nats_url,
        data_dir=str(data_dir),
        database_prefix=prefix,
        code_key=CODE_KEY,
        bootstrap_superadmins=(SUPERADMIN,),
        log_level="warning",
        **more,
    )


class Auth:
    """A running auth. Requests come from an address of the test's own unless it says another."""

    def __init__(self, settings: AuthSettings, url: str) -> None:
        self.clock = TurnableClock()
        self.settings = settings
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=url,
            timeout=60,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )
        self._client = connect(settings.mongo_url)
        self.database: Database = self._client[f"{settings.database_prefix}_auth"]

    async def close(self) -> None:
        await self.http.aclose()
        self._client.close()

    @classmethod
    @asynccontextmanager
    async def running(cls, settings: AuthSettings, *, ready: bool = True) -> AsyncIterator[Self]:
        """`ready`: whether to wait until it is."""
        # With the protocol named, asyncio switches Nagle's algorithm off: else 40 ms an answer.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
            listener.bind((LOOPBACK, 0))
            auth = cls(settings, f"http://{LOOPBACK}:{listener.getsockname()[1]}")
            app = create_app(settings, auth.clock)
            config = uvicorn.Config(
                app,
                http=GuardedProtocol,
                ws="none",
                log_config=None,
                proxy_headers=False,
                timeout_keep_alive=75,  # longer than the client keeps one: it must not be cut off
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await eventually(auth.is_ready if ready else auth.lives, within=60)
                yield auth
            finally:
                await auth.close()
                server.should_exit = True
                await serving

    async def is_ready(self) -> bool:
        return (await self.http.get("/readyz")).status_code == 200

    async def lives(self) -> bool:
        return (await self.http.get("/healthz")).status_code == 200

    async def post(
        self, path: str, body: Any, *, at: str = "", token: str = "", **headers: str
    ) -> httpx.Response:
        return await self.call("POST", path, body, at=at, token=token, **headers)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        at: str = "",
        token: str = "",
        **headers: str,
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if at:
            sent["x-forwarded-for"] = at
        if token:
            sent["authorization"] = f"Bearer {token}"
        if body is None:
            return await self.http.request(method, path, headers=sent)
        return await self.http.request(method, path, json=body, headers=sent)

    async def ask(self, email: str, *, at: str = "") -> str:
        """A code for this email, as `send-otp-email` shows it in development."""
        answer = await self.post("/auth/send-otp-email", {"email": email}, at=at)
        assert answer.status_code == 201, answer.text
        code: str = answer.json()["data"]["code"]
        return code

    async def sign_in(self, email: str = "", *, at: str = "", **headers: str) -> dict[str, Any]:
        """The AuthResult of somebody (new, if no email is given)."""
        email = email or new_email()
        code = await self.ask(email, at=at)
        body = {"email": email, "code": code}
        answer = await self.post("/auth/verify-otp-email", body, at=at, **headers)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["data"]
        return result

    async def superadmin(self) -> dict[str, Any]:
        """A session of the bootstrap superadmin, however recently there was another."""
        await self.database["code_ledgers"].delete_one({"_id": f"email:{SUPERADMIN}"})
        return await self.sign_in(SUPERADMIN)

    async def events(self, about: str) -> list[tuple[str, dict[str, Any]]]:
        """What was recorded about a user, session or challenge, in order."""
        rows = self.database["outbox"].find({"headers.ce-subject": about}).sort("created_at", 1)
        return [(row["subject"], msgspec.json.decode(row["payload"])) async for row in rows]

    async def hear(self, event: Event, handler: str = "auth-keep-profile") -> None:
        """Publish somebody else's event; returns when this handler of auth's has handled it."""
        event_id = str(uuid.uuid4())
        nats_client = await nats.connect(self.settings.nats_url)
        try:
            await nats_client.jetstream().publish(
                event.subject, msgspec.json.encode(event), headers={"ce-id": event_id}
            )
        finally:
            await nats_client.close()
        handled = {"_id": f"{handler}:{event_id}"}
        await eventually(lambda: self.database["inbox"].find_one(handled))

    async def codes_sent(self, recipient: str) -> list[str]:
        """The codes of the otp.requested events for one recipient, as notifications opens them."""
        rows = self.database["outbox"].find({"subject": "otp.requested"}).sort("created_at", 1)
        events = [msgspec.json.decode(row["payload"]) async for row in rows]
        return [
            Seal(CODE_KEY).open(event["sealedCode"], event["challengeId"]).decode()
            for event in events
            if event["recipient"] == recipient
        ]


def new_email() -> str:
    return f"somebody.{next(_numbers)}@aula.test"


def new_number() -> str:
    """A Turkish mobile number, national."""
    return f"555{next(_numbers):07d}"


def new_address() -> str:
    number = next(_addresses)
    return f"198.51.{number // 250}.{number % 250 + 1}"


def wrong(code: str) -> str:
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def user_of(result: dict[str, Any]) -> str:
    user_id: str = result["user"]["id"]
    return user_id


def session_of(access_token: str) -> str:
    """The `sid` in an access token."""
    claims = access_token.split(".")[1]
    decoded = msgspec.json.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return str(decoded["sid"])
