"""A code by text message, through a real HTTP provider."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from deploy.stack import Stack
from services.notifications.deliveries.domain import Delivery
from services.notifications.deliveries.messages import Composer
from services.notifications.senders.domain import Message, Sent, TryAgain, Unknown
from services.notifications.senders.sms import SmsSender
from shared.languages import LANGUAGES, Language
from shared.settings import Secret, SettingsError
from tests.eventually import eventually
from tests.notifications.running import Auth, notifications
from tests.notifications.sms_peer import SmsPeer, sms_peer

# One of the hundred plugins of Apprise imports it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NUMBER = "+905321234567"
# 3GPP TS 23.038, the part of the default alphabet that a text message of ours may need.
GSM = set(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\n"
)


@pytest.fixture
async def provider() -> AsyncIterator[SmsPeer]:
    async with sms_peer() as peer:
        yield peer


async def go() -> None:
    pass


def message() -> Message:
    return Message(
        id="1", channel="sms", to=NUMBER, subject="", text="1 < 2 & 3\n\n@a #1", code="1"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_fits_one_message_and_ends_with_the_line_that_phones_read(
    language: Language,
) -> None:
    now = datetime.now(UTC)
    domain = "a-rather-long-name.of-some-school.example"
    delivery = Delivery(
        id="1",
        channel="sms",
        recipient=NUMBER,
        language=language,
        context="c",
        expires_at=now + timedelta(minutes=5),
    )
    text = Composer(domain, "https://api.school.example").message(delivery, "12345678", now).text
    assert text.splitlines()[-1] == f"@{domain} #12345678"
    assert text.splitlines()[-2] == ""
    assert len(text) <= 160
    assert not set(text) - GSM


async def test_a_code_that_is_asked_for_arrives_by_text_message(
    backbone: Stack, auth: Auth, prefix: str, provider: SmsPeer
) -> None:
    provider.status = 500
    async with notifications(
        backbone, prefix, sms_url=Secret(provider.url), domain="school.test"
    ) as service:
        await auth.ask(NUMBER, "4711", channel="sms", language="tr")
        await eventually(lambda: provider.asked)
        provider.status = 200

        async def sent() -> bool:
            return await service.states(NUMBER) == ["sent"]

        await eventually(sent)
    text = "Aula kodunuz: 4711. Bu kodu kimseye vermeyin.\n\n@school.test #4711"
    assert provider.asked == [(NUMBER, text), (NUMBER, text)]


async def test_what_a_provider_does_decides_what_becomes_of_a_text_message(
    provider: SmsPeer,
) -> None:
    sender = SmsSender(provider.url)
    assert await sender.send(message(), go) == Sent()
    assert provider.asked == [(NUMBER, message().text)]
    provider.status = 503
    assert await sender.send(message(), go) == TryAgain("sms provider")
    provider.status = None
    hasty = SmsSender(provider.url, patience=0.3)
    assert await hasty.send(message(), go) == Unknown("timeout sms")


async def test_what_forbids_to_go_on_comes_through_before_anything_is_sent(
    provider: SmsPeer,
) -> None:
    async def forbidden() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await SmsSender(provider.url).send(message(), forbidden)
    assert provider.asked == []


def test_a_url_that_apprise_does_not_know_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="AULA_SMS_URL") as refused:
        SmsSender("nosuch://hidden@{to}")
    assert "hidden" not in str(refused.value)
    SmsSender("twilio://AC0123456789abcdef0123456789abcdef:token@+15550001111/{to}")
