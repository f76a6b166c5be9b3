"""Settings: from the environment, with sentences for what is wrong; documented completely."""

from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from services.auth.settings import AuthSettings
from services.learning.settings import LearningSettings
from services.notifications.settings import NotificationsSettings
from shared.mongo import connect
from shared.settings import (
    Secret,
    ServiceSettings,
    Settings,
    SettingsError,
    development_secret,
)
from tests.settings_table import PAGE, PROCESSES, page, settings_hints

STRONG = "correct horse battery staple, and then some more"


def test_the_page_of_settings_is_current() -> None:
    assert PAGE.read_text() == page(), "run python -m tests.settings_table"


@pytest.mark.parametrize("settings", PROCESSES.values(), ids=PROCESSES)
def test_every_setting_is_explained(settings: type[Settings]) -> None:
    assert all(settings_hints(settings).values())


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"AULA_LOG_LEVEL": " "}).log_level == "info"


@pytest.mark.parametrize(
    ("settings", "variable", "value"),
    [
        (Settings, "AULA_LISTEN_PORT", "http"),
        (Settings, "AULA_LISTEN_PORT", "70000"),
        (Settings, "AULA_ENVIRONMENT", "staging"),
        (Settings, "AULA_NATS_URL", "nats://aula:p@ss/word@host:4222"),
        (Settings, "AULA_NATS_URL", "nats://host:4222,http://host"),
        (Settings, "AULA_NATS_URL", "nats://host:port"),
        (LearningSettings, "AULA_PUBLIC_FOLDERS", "images,materials"),
        (GatewaySettings, "AULA_TRUSTED_PROXIES", "10.0.0.0/8,nonsense"),
        (ServiceSettings, "AULA_GATEWAY_NETWORKS", "10.0.0.1/8"),
    ],
)
def test_a_wrong_value_is_named(settings: type[Settings], variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        settings.from_environment({variable: value})


@pytest.mark.parametrize(
    "url", ["mongodb://aula:secret@word@host", "postgres://host", "mongodb://host:port"]
)
def test_a_wrong_database_url_is_named_and_its_password_is_not(url: str) -> None:
    with pytest.raises(SettingsError, match="AULA_MONGO_URL") as refusal:
        connect(url)
    assert "secret" not in str(refusal.value)


PRODUCTION = {
    "AULA_ENVIRONMENT": "production",
    "AULA_AUTH_SECRET": STRONG,
    "AULA_CODE_KEY": STRONG,
    "AULA_SIGNING_KEYS_DIR": "keys",
}


def test_production_starts_with_everything_in_place() -> None:
    assert AuthSettings.from_environment(PRODUCTION).is_production


@pytest.mark.parametrize("variable", ["AULA_AUTH_SECRET", "AULA_CODE_KEY", "AULA_SIGNING_KEYS_DIR"])
def test_production_refuses_to_start_without_a_secret(variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        AuthSettings.from_environment({**PRODUCTION, variable: ""})


@pytest.mark.parametrize("weak", ["short", "a" * 64])
def test_production_refuses_a_weak_secret(weak: str) -> None:
    with pytest.raises(SettingsError, match=r"AULA_AUTH_SECRET.*weak"):
        AuthSettings.from_environment({**PRODUCTION, "AULA_AUTH_SECRET": weak})


def test_production_refuses_to_show_codes() -> None:
    with pytest.raises(SettingsError, match="AULA_EXPOSE_CODES"):
        AuthSettings.from_environment({**PRODUCTION, "AULA_EXPOSE_CODES": "true"})


def test_production_refuses_notifications_without_a_mail_server() -> None:
    with pytest.raises(SettingsError, match="AULA_SMTP_URL"):
        NotificationsSettings.from_environment(PRODUCTION)


def test_a_secret_does_not_show_itself() -> None:
    settings = AuthSettings.from_environment(PRODUCTION)
    assert STRONG not in repr(settings)
    assert "horse" not in f"{Secret(STRONG)!r}"


def test_all_processes_agree_on_a_development_secret(tmp_path: Path) -> None:
    first = development_secret(str(tmp_path), "name")
    assert len(first) >= 32
    assert development_secret(str(tmp_path), "name") == first
    assert development_secret(str(tmp_path), "other") != first
