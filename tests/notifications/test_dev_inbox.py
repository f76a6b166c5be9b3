"""The dev inbox: where a newcomer reads the code, and where production has nothing."""

from typing import Any

import pytest

from deploy.stack import Stack
from shared.ids import new_id
from shared.settings import Secret
from tests.eventually import eventually
from tests.notifications.api import running
from tests.notifications.running import Auth, Notifications, notifications
from tests.notifications.smtp_peer import SmtpPeer

JSON = {"Accept": "application/json"}
PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "mail_from": "Aula <no-reply@school.test>",
    "public_url": "https://api.school.test",
}


async def inbox(service: Notifications, to: str | None = None) -> list[dict[str, Any]]:
    answer = await service.http.get("/dev/inbox", params={"to": to} if to else {}, headers=JSON)
    body = answer.json()
    assert (answer.status_code, body["isSuccess"], body["statusCode"]) == (200, True, 200)
    messages: list[dict[str, Any]] = body["data"]
    return messages


async def test_in_development_a_code_is_read_in_the_inbox(
    backbone: Stack, auth: Auth, prefix: str
) -> None:
    async with notifications(backbone, prefix) as service:
        await auth.ask("ada@school.test", "000137")
        await eventually(lambda: inbox(service))
        await auth.ask("+905321234567", "4711", channel="sms")
        await eventually(lambda: inbox(service, "+905321234567"))
        newest, oldest = await inbox(service)
        assert oldest["code"] == "000137"
        assert {"id", "channel", "to", "subject", "text", "html", "code", "createdAt"} == set(
            oldest
        )
        assert (newest["channel"], newest["html"]) == ("sms", None)
        assert newest["text"].endswith("@aula.test #4711")
        # A plus sign in a query string is a space; nobody should have to know that.
        answer = await service.http.get("/dev/inbox?to=+905321234567", headers=JSON)
        assert [message["code"] for message in answer.json()["data"]] == ["4711"]

        async def is_sent() -> bool:
            return await service.states("ada@school.test") == ["sent"]

        await eventually(is_sent)


async def test_the_page_shows_what_it_is_given_and_runs_nothing(
    backbone: Stack, auth: Auth, prefix: str
) -> None:
    async with notifications(backbone, prefix) as service:
        assert "Nothing yet" in (await service.http.get("/dev/inbox")).text
        await auth.ask("ada@school.test", "<script>1</script>")
        await eventually(lambda: inbox(service))
        answer = await service.http.get("/dev/inbox", params={"to": '"><script>'})
        assert "Nothing yet" in answer.text
        assert "<script>" not in answer.text
        answer = await service.http.get("/dev/inbox", headers={"Accept": "text/html"})
        assert "<script>" not in answer.text
        assert "<code>&lt;script&gt;1&lt;/script&gt;</code>" in answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_what_is_really_sent_is_not_in_the_inbox(
    backbone: Stack, auth: Auth, prefix: str, peer: SmtpPeer
) -> None:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url)) as service:
        await auth.ask("ada@school.test")
        await eventually(lambda: peer.mails)
        assert await inbox(service) == []


@pytest.mark.parametrize("settings", [PRODUCTION, {"notifications_mode": "worker"}])
async def test_there_is_no_inbox_in_production_or_on_a_worker(
    backbone: Stack, auth: Auth, prefix: str, peer: SmtpPeer, settings: dict[str, Any]
) -> None:
    async with notifications(backbone, prefix, smtp_url=Secret(peer.url), **settings) as service:
        assert (await service.http.get("/dev/inbox", headers=JSON)).status_code == 404
        assert (await service.http.get("/healthz")).status_code == 200
        await auth.ask("ada@school.test")
        await eventually(lambda: peer.mails)
        if settings is PRODUCTION:
            await auth.ask("+905321234567", channel="sms")

            async def failed() -> bool:
                return (await service.row("+905321234567"))["error"] == "no sms provider"

            await eventually(failed)


async def test_a_worker_answers_nothing_but_how_it_is(backbone: Stack, prefix: str) -> None:
    async with notifications(backbone, prefix, notifications_mode="worker") as worker:
        assert (await worker.http.get("/healthz")).status_code == 200
        for method, path in (
            ("GET", "/notifications"),
            ("POST", "/contact"),
            ("GET", "/dashboard/contacts"),
        ):
            assert (await worker.http.request(method, path)).status_code == 404


async def test_an_api_process_leaves_the_codes_to_the_workers(
    backbone: Stack, auth: Auth, prefix: str
) -> None:
    async with notifications(backbone, prefix, notifications_mode="api") as api:
        await auth.ask("ada@school.test")
        assert await inbox(api) == []
        async with notifications(backbone, prefix, notifications_mode="worker"):
            await eventually(lambda: inbox(api))


async def test_what_an_admin_says_to_an_api_process_is_sent_by_a_worker(backbone: Stack) -> None:
    async with (
        running(backbone, notifications_mode="api") as api,
        notifications(backbone, api.prefix, notifications_mode="worker"),
    ):
        ada, who = await api.somebody(), api.bearer(new_id(), "admin")
        notice = {"userId": ada, "type": "a", "category": "b", "title": "c", "message": "d"}
        await api.call("POST", "/notifications", who, notice, status=201)
        (message,) = await eventually(lambda: inbox(api.service, f"{ada}@school.test"))
        assert message["subject"] == "c"
