"""How auth starts: refusing what is unsafe, and rotating its signing keys."""

import asyncio
import base64
import stat
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from deploy.components import ROOT
from deploy.stack import Stack
from services.auth.settings import AuthSettings
from services.auth.signing_keys import SigningKeys, ensure_key, make_key, put_keys
from services.auth.tokens import TokenMint
from shared.clock import utc_now
from shared.errors import AuthenticationRequired
from shared.ids import new_id
from shared.messaging import Broker
from shared.published_keys import PublishedKeys
from shared.settings import Secret, Settings, SettingsError
from tests.auth.service import Auth, session_of, settings_for
from tests.eventually import eventually

STRONG = "b0kV7cXq2LrT9mZpN4sWd8yHf3uGjA6e"


def production(**variables: str) -> dict[str, str]:
    return {
        "AULA_ENVIRONMENT": "production",
        "AULA_AUTH_SECRET": STRONG,
        "AULA_CODE_KEY": STRONG[::-1],
        "AULA_PRIVACY_KEY": STRONG.swapcase(),
        "AULA_SIGNING_KEYS_DIR": "/keys",
        **variables,
    }


def test_production_starts_with_all_it_needs() -> None:
    settings = AuthSettings.from_environment(production())
    assert settings.with_development_defaults() == settings, "nothing is made up"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AULA_AUTH_SECRET", ""),
        ("AULA_AUTH_SECRET", "short"),
        ("AULA_AUTH_SECRET", "a" * 64),
        ("AULA_CODE_KEY", ""),
        ("AULA_CODE_KEY", "12345678" * 3),
        ("AULA_SIGNING_KEYS_DIR", ""),
        ("AULA_EXPOSE_CODES", "true"),
        ("AULA_EXPOSE_CODES", "1"),
        ("AULA_BOOTSTRAP_SUPERADMINS", "admin@aula.test"),
        ("AULA_BOOTSTRAP_SUPERADMINS", "admin"),
        ("AULA_MAIL_DIGITS", "3"),
        ("AULA_ENVIRONMENT", "prod"),
    ],
)
def test_production_refuses_to_start_with_a_sentence_that_names_the_variable(
    variable: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=variable) as refused:
        AuthSettings.from_environment(production(**{variable: value}))
    assert STRONG not in str(refused.value)


def test_the_process_says_it_and_ends(tmp_path: Path) -> None:
    for environment, variable in [
        (production(AULA_EXPOSE_CODES="true"), "AULA_EXPOSE_CODES"),
        (production(AULA_SIGNING_KEYS_DIR=str(tmp_path)), "AULA_SIGNING_KEYS_DIR"),
    ]:
        ended = subprocess.run(
            [sys.executable, "-m", "services.auth.app"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 2
        assert ended.stderr.startswith("auth cannot start: ")
        assert variable in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_key_is_made_by_a_command_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.auth.signing_keys"]
    made = subprocess.run(
        [*command, str(tmp_path / "keys")], cwd=ROOT, check=True, capture_output=True, text=True
    )
    path = Path(made.stdout.strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(SigningKeys(path.parent).public()) == 1
    wrong = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "usage" in wrong.stderr


@pytest.mark.parametrize("content", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAA=="])
def test_a_file_that_is_no_key_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.pem").write_text(content)
    with pytest.raises(SettingsError, match=r"AULA_SIGNING_KEYS_DIR: broken\.pem"):
        SigningKeys(tmp_path)


def test_development_keeps_the_key_that_it_made(tmp_path: Path) -> None:
    ensure_key(tmp_path)
    ensure_key(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_new_key_signs_only_once_it_is_published(tmp_path: Path) -> None:
    make_key(tmp_path)
    (old,) = SigningKeys(tmp_path).public()
    make_key(tmp_path)
    keys = SigningKeys(tmp_path)
    assert len(keys.public()) == 2
    assert keys.signer[0] == old
    keys.published = True
    assert keys.signer[0] != old


def kid_of(token: str) -> str:
    header = token.split(".", maxsplit=1)[0]
    return str(msgspec.json.decode(base64.urlsafe_b64decode(header + "==="))["kid"])


async def test_old_tokens_go_on_verifying_while_keys_rotate(servers: Stack, tmp_path: Path) -> None:
    settings = settings_for(servers, tmp_path, "rotation")
    async with Auth.running(settings) as auth:
        old = await auth.sign_in()
    make_key(tmp_path / "signing-keys")
    async with Auth.running(settings) as auth:
        kids = {
            key["kid"] for key in (await auth.call("GET", "/.well-known/jwks.json")).json()["keys"]
        }
        new = await auth.sign_in()
        assert kids == {kid_of(old["accessToken"]), kid_of(new["accessToken"])}
        for result in (old, new):
            answer = await auth.call("GET", "/auth/validate-token", token=result["accessToken"])
            assert answer.status_code == 200
        refreshed = await auth.post("/auth/refresh", {"refreshToken": old["refreshToken"]})
        assert kid_of(refreshed.json()["data"]["accessToken"]) == kid_of(new["accessToken"])


async def test_a_stolen_key_is_withdrawn_by_a_command(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    stolen = make_key(folder)
    keys = SigningKeys(folder)
    (kid,) = keys.public()
    async with Stack({}, data_dir=tmp_path, only=("nats",)) as stack:
        settings = Settings(nats_url=Secret(stack.nats_url))
        broker = Broker(stack.nats_url, "auth")
        published = PublishedKeys(broker, settings)
        broker.on_connect.append(partial(put_keys, broker, keys))
        await broker.start()

        def accepts(token: str) -> bool:
            try:
                published.verifier.verify(token)
            except AuthenticationRequired:
                return False
            return True

        forged = token_by(keys, settings)
        await eventually(lambda: accepts(forged))
        code, said = await _withdraw(stack, str(stolen))
        assert (code, "the only one" in said) == (1, True)
        make_key(folder)
        stolen = stolen.rename(tmp_path / "stolen.pem")
        new = SigningKeys(folder)
        await put_keys(broker, new)
        assert accepts(forged), "merely removed, it stays known for a day"
        assert (await _withdraw(stack, str(stolen)))[0] == 0
        await eventually(lambda: not accepts(forged))
        assert accepts(token_by(new, settings))
        code, said = await _withdraw(stack, kid)
        assert (code, said) == (1, f"No key {kid} is published; there is {new.signer[0]}.\n")
        await published.close()
        await broker.close()


def token_by(keys: SigningKeys, settings: Settings) -> str:
    mint = TokenMint(keys, issuer=settings.issuer, audience=settings.audience)
    now = utc_now()
    return mint.access_token(new_id(), new_id(), "user", now, now + timedelta(hours=1))


async def _withdraw(stack: Stack, key: str) -> tuple[int | None, str]:
    """Exit status, and everything that the command said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.auth.signing_keys", "--withdraw", key),
        cwd=ROOT,
        env={"AULA_NATS_URL": stack.nats_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_in_production_no_answer_shows_a_code(servers: Stack, tmp_path: Path) -> None:
    make_key(tmp_path / "keys")
    environment = production(
        AULA_SIGNING_KEYS_DIR=str(tmp_path / "keys"),
        AULA_MONGO_URL=servers.mongo_url,
        AULA_NATS_URL=servers.nats_url,
        AULA_DATABASE_PREFIX="production",
        AULA_CODE_KEY="the key that seals codes on their way",
        AULA_BOOTSTRAP_SUPERADMINS="root@school.com",
    )
    async with Auth.running(AuthSettings.from_environment(environment)) as auth:
        auth.clock.stop()  # what is counted by the hour is counted in one
        mailed = await auth.post("/auth/send-otp-email", {"email": "root@school.com"})
        assert mailed.json()["data"] == {"email": "root@school.com"}
        phone = {"countryCode": "90", "phoneNumber": "5551234567"}
        sent = await auth.post("/auth/send-otp", phone)
        assert sent.json()["data"] == {"countryCode": "+90", "phoneNumber": "5551234567"}
        refused = await auth.post("/auth/send-otp-email", {"email": "somebody@aula.test"})
        assert refused.status_code == 400
        (code,) = await auth.codes_sent("root@school.com")
        body = {"email": "root@school.com", "code": code}
        result = (await auth.post("/auth/verify-otp-email", body)).json()["data"]
        assert result["user"]["role"] == "superadmin"
        assert session_of(result["accessToken"])
        # Loopback is nothing special here.
        asking = (
            auth.post("/auth/otp/request", {"email": f"s{number}@school.com"})
            for number in range(auth.settings.sends_per_address_hour + 1)
        )
        statuses = [answer.status_code for answer in await asyncio.gather(*asking)]
        assert 429 in statuses
