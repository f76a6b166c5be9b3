"""A code is in the mail and nowhere else: not in a log, a database, NATS, or a dead letter."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nats

from deploy.stack import Stack
from tests.end_to_end.client import code_mailed_to, data_of
from tests.end_to_end.conftest import Aula

# Times have six digits after the point too: they are not codes.
TIMES = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")


async def test_codes_and_tokens_lie_nowhere_but_in_the_mail(aula: Aula, data_dir: Path) -> None:
    secrets: list[str] = []
    for number in range(5):
        email = f"canary{number}@aula.test"
        data_of(await aula.http.post("/auth/otp/request", json={"email": email}))
        code = await code_mailed_to(email, aula.mailbox)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        await aula.http.post("/auth/otp/verify", json={"email": email, "code": wrong})
        await aula.http.post("/auth/otp/verify", json={"email": email, "code": f"{code}x"})
        await aula.http.get(f"/auth/otp/verify?code={code}")
        result = data_of(
            await aula.http.post("/auth/otp/verify", json={"email": email, "code": code})
        )
        secrets += [code, result["accessToken"], result["refreshToken"]]
        await aula.http.post("/auth/refresh", json={"refreshToken": result["refreshToken"] + "x"})

    places = {
        **{path.name: path.read_bytes() for path in _logs(aula.stack, data_dir)},
        "NATS": b"\n".join([message async for message in _nats_messages(aula.stack)]),
        "MongoDB": b"\n".join([text async for text in _documents(aula)]),
    }
    searched = ("auth.log", "gateway.log", "notifications.log", "NATS", "MongoDB")
    assert all(len(places[name]) > 500 for name in searched)
    found = [
        (name, secret)
        for name, content in places.items()
        for secret in secrets
        if re.search(rb"(?<!\w)%s(?!\w)" % re.escape(secret.encode()), TIMES.sub(b"", content))
    ]
    assert not found


def _logs(stack: Stack, data_dir: Path) -> Iterator[Path]:
    for path in (data_dir / "aula" / "logs").iterdir():
        if path.stem.split("-")[0] in ("auth", "users", "notifications", "gateway"):
            yield path


async def _nats_messages(stack: Stack) -> Any:
    """Headers and bodies of everything in every stream, key-value buckets among them."""
    client = await nats.connect(stack.nats_url)
    js = client.jetstream()
    for info in await js.streams_info():
        for sequence in range(max(1, info.state.first_seq), info.state.last_seq + 1):
            try:
                message = await js.get_msg(info.config.name, sequence)
            except nats.js.errors.NotFoundError:
                continue
            yield repr((message.subject, message.headers)).encode() + (message.data or b"")
    await client.close()


async def _documents(aula: Aula) -> Any:
    for name in await aula.mongo.list_database_names():
        if name.startswith("aula_"):
            for collection in await aula.mongo[name].list_collection_names():
                async for document in aula.mongo[name][collection].find():
                    yield _flat(document).encode()


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_flat(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(_flat, value))
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
