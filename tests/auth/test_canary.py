"""A code is nowhere to be read: not in the database, not in NATS, not in a log."""

import asyncio
import itertools
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from nats.js.errors import NotFoundError

from deploy.components import ROOT
from deploy.ports import LOOPBACK, free_ports
from deploy.stack import Stack
from tests.auth.service import Auth, settings_for, wrong
from tests.eventually import eventually
from tests.files import contents

DIGITS = 8  # long enough that no other number looks like it


@pytest.fixture
async def logged_auth(servers: Stack, tmp_path: Path) -> AsyncIterator[Auth]:
    """As a process of its own, at its most talkative; all it says is in `tmp_path / "log"`."""
    settings = settings_for(servers, tmp_path, "canary")
    (port,) = free_ports(1)
    environment = os.environ | {
        "AULA_MONGO_URL": settings.mongo_url,
        "AULA_NATS_URL": settings.nats_url,
        "AULA_DATA_DIR": settings.data_dir,
        "AULA_DATABASE_PREFIX": settings.database_prefix,
        "AULA_CODE_KEY": settings.code_key,
        "AULA_LISTEN_PORT": str(port),
        "AULA_LOG_LEVEL": "debug",
        "AULA_SMS_DIGITS": str(DIGITS),
        "AULA_SHORT_MAIL_DIGITS": str(DIGITS),
    }
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.auth.app",
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        auth = Auth(settings, f"http://{LOOPBACK}:{port}")
        try:
            await eventually(auth.is_ready, within=60)
            yield auth
        finally:
            await auth.close()
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def test_a_code_is_nowhere_to_be_read(
    logged_auth: Auth, servers: Stack, tmp_path: Path
) -> None:
    auth, email = logged_auth, "canary@aula.test"
    phone = {"countryCode": "90", "phoneNumber": "5557654321"}
    mailed = await auth.post("/auth/send-otp-email", {"email": email}, Idempotency_Key="one")
    replayed = await auth.post("/auth/send-otp-email", {"email": email}, Idempotency_Key="one")
    sent = await auth.post("/auth/send-otp", phone, Idempotency_Key="two")
    codes = [answer.json()["data"]["code"] for answer in (mailed, sent)]
    assert all(len(code) == DIGITS for code in codes)
    assert replayed.json()["data"]["code"] == codes[0]

    mistyped = await auth.post("/auth/verify-otp", {**phone, "code": wrong(codes[1])})
    misplaced = await auth.post("/auth/verify-otp-email", {"email": email, "code": codes[0] + "x"})
    unknown = await auth.post("/auth/verify-otp-email", {"email": email, codes[0]: codes[0]})
    assert {each.status_code for each in (mistyped, misplaced, unknown)} == {400}
    assert wrong(codes[1]) not in mistyped.text
    assert codes[0] not in misplaced.text
    assert (await auth.post("/auth/verify-otp", {**phone, "code": codes[1]})).status_code == 200
    body = {"email": email, "code": codes[0]}
    result = (await auth.post("/auth/verify-otp-email", body)).json()["data"]
    secrets = [*codes, result["accessToken"], result["refreshToken"]]
    await auth.post("/auth/logout", None, token=result["accessToken"])
    sent_all = {"state": "pending"}
    await eventually(lambda: _none(auth, sent_all))

    in_mongo = await _database(auth)
    in_messages = await _messages(servers)
    in_files = b"".join(contents(servers.plan.data_dir / "nats").values())
    in_logs = (tmp_path / "log").read_bytes()
    assert email.encode() in in_mongo, "the places are the right ones"
    assert email.encode() in in_messages
    assert email.encode() in in_files
    assert b"/auth/verify-otp-email" in in_logs
    for secret in secrets:
        # Not as a part of a longer number: of those there are many, in traces and ids.
        whole = re.compile(rb"(?<![0-9a-f])%s(?![0-9a-f])" % re.escape(secret.encode()))
        for place in (in_mongo, in_messages, in_files, in_logs):
            assert not whole.search(place)
    for personal in (email, phone["phoneNumber"]):
        assert personal.encode() not in in_logs


async def _none(auth: Auth, query: dict[str, str]) -> bool:
    return not await auth.database["outbox"].count_documents(query)


async def _database(auth: Auth) -> bytes:
    documents = []
    for name in await auth.database.list_collection_names():
        documents += [repr(each) async for each in auth.database[name].find()]
    return "\n".join(documents).encode()


async def _messages(servers: Stack) -> bytes:
    client = await nats.connect(servers.nats_url)
    found = []
    try:
        js = client.jetstream()
        for stream in await js.streams_info():
            for sequence in itertools.count(max(1, stream.state.first_seq)):
                if sequence > stream.state.last_seq:
                    break
                try:
                    message = await js.get_msg(stream.config.name or "", sequence)
                except NotFoundError:
                    continue
                found.append(repr(message.headers).encode() + (message.data or b""))
    finally:
        await client.close()
    return b"\n".join(found)
