"""The service as people use it: with tokens, and with events of the others."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.stack import Stack
from shared.ids import new_id
from shared.languages import Language
from shared.mongo import Database
from shared.roles import Role
from tests.eventually import eventually
from tests.notifications.people import profile_updated, registered, told
from tests.notifications.running import Auth, Notifications, notifications
from tests.tokens import Signer, publish_keys


@dataclass
class Api:
    """One service for the tests of a file: everybody in them is somebody new."""

    service: Notifications
    auth: Auth
    signer: Signer
    prefix: str

    @property
    def http(self) -> httpx.AsyncClient:
        return self.service.http

    @property
    def database(self) -> Database:
        return self.service.database

    def bearer(
        self, user_id: str, role: Role = "user", session: str | None = None
    ) -> dict[str, str]:
        token = self.signer.token(user=user_id, roles=(role,), session=session)
        return {"Authorization": f"Bearer {token}"}

    async def call(
        self,
        method: str,
        path: str,
        who: Mapping[str, str] | None = None,
        body: Any = None,
        status: int = 200,
    ) -> Any:
        """The `data` of an answer with this status; of a refusal, all of it."""
        answer = await self.http.request(method, path, json=body, headers=dict(who or {}))
        assert answer.status_code == status, answer.text
        return answer.json()["data"] if status < 400 else answer.json()

    async def somebody(
        self, *, language: Language = "en", email: str | None = "", **more: Any
    ) -> str:
        """The id of somebody of whom the service has heard."""
        user_id = new_id()
        address = f"{user_id}@school.test" if email == "" else email
        await told(self.auth, self.service, registered(user_id, address, language=language))
        if more:
            await told(self.auth, self.service, profile_updated(user_id, **more))
        return user_id

    async def devices_of(self, user_id: str) -> list[dict[str, Any]]:
        return await self.database["devices"].find({"user_id": user_id}).to_list()


@asynccontextmanager
async def running(backbone: Stack, **settings: Any) -> AsyncIterator[Api]:
    prefix, signer = f"test_{new_id()}", Signer(f"notifications-{new_id()}")
    await publish_keys(backbone.nats_url, signer)
    async with (
        Auth(backbone, prefix).running() as auth,
        notifications(backbone, prefix, **settings) as service,
    ):
        api = Api(service, auth, signer, prefix)

        async def ready() -> bool:
            if (await api.http.get("/readyz")).status_code != 200:
                return False  # an index may be missing
            token = api.bearer(new_id())
            answer = await api.http.delete("/notifications/device-token/none", headers=token)
            return answer.status_code == 200

        await eventually(ready, within=30)
        yield api
