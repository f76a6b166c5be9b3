"""What messages look like, to be seen in development: all of them, in every language."""

from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest

from deploy.stack import Stack
from services.notifications.texts import Template
from shared.languages import LANGUAGES
from shared.settings import Secret
from tests.notifications.running import Notifications, notifications
from tests.notifications.test_dev_inbox import PRODUCTION

PATH = "/dev/templates"
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
async def service(backbone: Stack) -> AsyncIterator[Notifications]:
    async with notifications(backbone, "test_previews") as service:
        yield service


async def seen(service: Notifications, **query: str) -> dict[str, Any]:
    answer = await service.http.get(PATH, params=query, headers=JSON)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_every_template_can_be_seen_in_every_language_and_by_every_way_it_goes(
    service: Notifications,
) -> None:
    offered = await seen(service)
    assert {each["template"] for each in offered["templates"]} == set(get_args(Template))
    assert set(offered["languages"]) == set(LANGUAGES)
    for each in offered["templates"]:
        assert each["channels"]
        for channel in each["channels"]:
            said = set()
            for language in LANGUAGES:
                shown = await seen(
                    service, template=each["template"], channel=channel, language=language
                )
                assert (shown["channel"], shown["language"]) == (channel, language)
                assert shown["text"]
                assert not set("{}") & set(shown["subject"] + shown["text"])
                assert (shown["html"] is not None) == (channel == "email")
                said.add(shown["text"])
            # What an admin wrote is as they wrote it, but for what a mail says around it.
            is_as_written = each["template"] == "notice" and channel != "email"
            assert len(said) == (1 if is_as_written else len(LANGUAGES)), each


async def test_a_browser_sees_a_list_mails_and_texts_and_runs_nothing(
    service: Notifications,
) -> None:
    for query, kind, part in (
        ("", "text/html", "?template=export_ready&amp;language=tr&amp;channel=email"),
        ("?template=export_ready&language=de&channel=email", "text/html", '<html lang="de">'),
        ("?template=welcome&language=es", "text/plain", "Te damos la bienvenida"),
        ("?template=code&channel=sms&language=tr", "text/plain", "123456"),
    ):
        answer = await service.http.get(PATH + query)
        assert answer.headers["content-type"].startswith(kind)
        assert part in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "query",
    [
        "template=gossip",
        "template=code&channel=push",
        "template=welcome&channel=email",
        "template=code&language=xx",
        "template=../texts",
    ],
)
async def test_what_there_is_not_cannot_be_seen(service: Notifications, query: str) -> None:
    assert (await service.http.get(f"{PATH}?{query}", headers=JSON)).status_code == 404


async def test_production_shows_none(backbone: Stack) -> None:
    settings = PRODUCTION | {"smtp_url": Secret("smtp://127.0.0.1:9")}
    async with notifications(backbone, "test_no_previews", **settings) as service:
        assert (await service.http.get(PATH, headers=JSON)).status_code == 404
