"""What the service refuses to start with, and in which words."""

import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest

from services.notifications.settings import NotificationsSettings
from shared.settings import SettingsError

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
