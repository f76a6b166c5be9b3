"""What the service refuses to start with, and in which words."""

import os
import re
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest

from services.notifications.dev_inbox.pushes import DevInboxPushes
from services.notifications.push_providers import PushProviders, create_push_providers
from services.notifications.senders.apns_token import signing_key
from services.notifications.senders.domain import Refused
from services.notifications.senders.push import Push
from services.notifications.settings import NotificationsSettings
from shared.clock import utc_now
from shared.settings import SettingsError
from tests.notifications.certificates import new_key, pem_of

PRODUCTION = {
    "AULA_ENVIRONMENT": "production",
    "AULA_CODE_KEY": "5nRkT0Pq8vXyZ2aBcDeF3gHiJkLmNoPq",
    "AULA_PRIVACY_KEY": "kT7wQz2LmX9rVb4NcJ6yHs1DgF8aPe3U",
    "AULA_SMTP_URL": "smtps://user:password@mail.school.test",
    "AULA_MAIL_FROM": "Aula <no-reply@school.test>",
    "AULA_PUBLIC_URL": "https://api.school.test",
}


def test_production_starts_with_what_it_needs() -> None:
    settings = NotificationsSettings.from_environment(PRODUCTION)
    assert settings.with_development_defaults() is settings
    assert "password@" not in repr(settings)


@pytest.mark.parametrize(
    "variable", ["AULA_CODE_KEY", "AULA_SMTP_URL", "AULA_MAIL_FROM", "AULA_PUBLIC_URL"]
)
def test_production_says_what_is_missing(variable: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{variable} is not set\."):
        NotificationsSettings.from_environment({**PRODUCTION, variable: ""})


def test_text_messages_need_a_place_for_the_number_and_in_production_a_domain() -> None:
    with pytest.raises(SettingsError, match=r"AULA_SMS_URL has no \{to\}"):
        NotificationsSettings.from_environment({"AULA_SMS_URL": "twilio://sid:token@+1555/"})
    sms = {**PRODUCTION, "AULA_SMS_URL": "json://sms.test/{to}"}
    with pytest.raises(SettingsError, match="AULA_DOMAIN is not set"):
        NotificationsSettings.from_environment(sms)
    NotificationsSettings.from_environment({**sms, "AULA_DOMAIN": "school.test"})


@pytest.mark.parametrize(
    "url",
    [
        "api.school.test",
        "ftp://x",
        "https://",
        "https://x:0",
        "https://x/?a=1",
        "https://a b",
        "//x",
    ],
)
def test_links_need_an_address_that_is_one(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^AULA_PUBLIC_URL: "):
        NotificationsSettings(public_url=url)
    with pytest.raises(SettingsError, match="AULA_PUBLIC_URL must begin with https://"):
        NotificationsSettings.from_environment({**PRODUCTION, "AULA_PUBLIC_URL": "http://x.test"})


def test_development_shares_its_key_with_auth(tmp_path: Path) -> None:
    bare = NotificationsSettings(data_dir=str(tmp_path))
    settings = bare.with_development_defaults()
    assert settings.code_key == (tmp_path / "secrets" / "code-key").read_text()
    assert bare.with_development_defaults().code_key == settings.code_key


@pytest.mark.parametrize(
    ("variable", "value"), [("AULA_SMTP_URL", "http://x"), ("AULA_MAIL_FROM", "Aula")]
)
async def test_the_process_ends_with_a_sentence(variable: str, value: str) -> None:
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "services.notifications.app",
        env={"PATH": os.environ["PATH"], **PRODUCTION, variable: value},
        stderr=PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert errors.decode().startswith(f"notifications cannot start: {variable}")
    assert errors.count(b"\n") == 1


APNS = {
    "AULA_APNS_KEY": "a.p8",
    "AULA_APNS_KEY_ID": "ABC123DEFG",
    "AULA_APNS_TEAM_ID": "DEF123GHIJ",
    "AULA_APNS_TOPIC": "test.school.aula",
}


@pytest.mark.parametrize("variable", APNS)
def test_pushes_to_ios_need_all_that_apple_wants(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} not set: pushes to iOS need"):
        NotificationsSettings.from_environment({**APNS, variable: ""})


def test_keys_are_read_from_files_or_given_as_they_are(tmp_path: Path) -> None:
    key = pem_of(new_key())
    (tmp_path / "key.p8").write_text(key)
    given = [key, key.replace("\n", "\\n"), str(tmp_path / "key.p8")]
    numbers = {signing_key(each).private_numbers() for each in given}
    assert len(numbers) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"AULA_APNS_KEY": "nowhere/a-secret.p8"}, "AULA_APNS_KEY is neither the path"),
        ({"AULA_APNS_KEY": "-----BEGIN a-secret"}, "AULA_APNS_KEY is neither the path"),
        ({"AULA_APNS_URL": "http://a.test"}, "AULA_APNS_URL: 'http://a.test' is not an address"),
        ({"AULA_FCM_CREDENTIALS": "a-secret"}, "AULA_FCM_CREDENTIALS is neither the path"),
        ({"AULA_FCM_CREDENTIALS": '{"a": "secret"}'}, "AULA_FCM_CREDENTIALS is neither the path"),
        ({"AULA_PUSH_CA_FILE": "nowhere"}, "AULA_PUSH_CA_FILE: 'nowhere' is not a file"),
    ],
)
def test_what_cannot_be_used_for_pushes_is_said_without_quoting_it(
    settings: dict[str, str], message: str
) -> None:
    apns = {**APNS, "AULA_APNS_KEY": pem_of(new_key())}
    with pytest.raises(SettingsError, match=re.escape(message)) as raised:
        providers(NotificationsSettings.from_environment(apns | settings))
    assert "secret" not in str(raised.value)


def providers(settings: NotificationsSettings) -> PushProviders:
    return create_push_providers(settings, None, utc_now)  # type: ignore[arg-type]  # nobody looks in


async def test_without_keys_development_shows_pushes_and_production_refuses_them() -> None:
    in_development = providers(NotificationsSettings())
    assert isinstance(in_development.of_activities, DevInboxPushes)
    for platform in ("ios", "android", "web"):
        assert isinstance(in_development.of[platform], DevInboxPushes)
    in_production = providers(NotificationsSettings.from_environment(PRODUCTION))
    push = Push(id="x", title="", body="", data={}, expires_at=utc_now())
    for provider in in_production.of.values():
        assert await provider.push("a1b2", push, _go) == Refused("no push provider")


async def _go() -> None:
    raise AssertionError("it is not going")
