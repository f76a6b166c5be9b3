"""A logout is known at every gateway within a second, and nothing that restarts forgets it."""

import time
from pathlib import Path

import msgspec
import pytest

from deploy.stack import Stack
from gateway.accounts import Accounts
from gateway.errors import StandingUnknown
from gateway.revocations import Revocations
from gateway.standing import Standing
from shared.errors import AuthenticationRequired
from shared.ids import new_id
from shared.messaging import Broker
from shared.pseudonyms import Pseudonyms
from shared.tokens import ACCESS_TOKEN_LIFE, Principal
from tests.eventually import eventually
from tests.gateway.client import ask
from tests.gateway.conftest import House, publish_keys, running_house
from tests.tokens import Signer

GATEWAYS = ("gateway", "gateway-2")


async def status(house: House, gateway: str, token: str | None, path: str = "/me") -> int:
    return (await ask(house.stack.ports[gateway], "GET", path, token=token)).status


async def refused_everywhere(house: House, token: str) -> bool:
    return [await status(house, gateway, token) for gateway in GATEWAYS] == [401, 401]


async def test_revocations_hold_everywhere_and_through_restarts(tmp_path: Path) -> None:
    """One story, because each step of it starts real processes."""
    async with running_house(tmp_path, GATEWAYS) as house:
        other_session = house.signer.token()
        took = []
        for _ in range(5):
            session = new_id()
            revoked = house.signer.token(session=session)
            for gateway in GATEWAYS:
                for token in (revoked, other_session):
                    assert await status(house, gateway, token) == 200

            # A session's end is known within a second, by every replica, of every kind of route.
            await house.revoke(f"session.{session}", str(int(time.time())).encode())
            started = time.monotonic()
            await eventually(lambda token=revoked: refused_everywhere(house, token))
            took.append(time.monotonic() - started)
        assert sorted(took)[2] < 1, "most of them; now and then the machine itself takes longer"
        for gateway in GATEWAYS:
            assert await status(house, gateway, revoked, "/.well-known/jwks.json") == 401
            assert await status(house, gateway, other_session) == 200

        # A gateway that starts anew knows all of it before it is ready.
        await house.stack.kill("gateway")
        await house.stack.ready("gateway")
        assert await refused_everywhere(house, revoked)

        # NATS away: a logout could happen that nobody here hears of, so tokens are not accepted;
        # what needs none goes on.
        await house.nats.stop_one("nats")
        for gateway in GATEWAYS:
            await eventually(lambda g=gateway: _is_closed(house, g, other_session))
            assert await status(house, gateway, None, "/.well-known/jwks.json") == 200
            assert await status(house, gateway, other_session, "/.well-known/jwks.json") == 503
            assert await status(house, gateway, "x.y.z") == 401
        await house.nats.start_one("nats")
        for gateway in GATEWAYS:
            await eventually(lambda g=gateway: _is_open(house, g, other_session))
        assert await refused_everywhere(house, revoked)

        # What was revoked while one gateway could not hear counts once it answers again.
        late = house.signer.token(session="f" * 24)
        assert await status(house, "gateway", late) == 200
        await house.nats.kill("nats")
        await house.nats.ready("nats")
        await house.revoke("session." + "f" * 24, b"1")
        await eventually(lambda: refused_everywhere(house, late))

        # A key that is withdrawn takes its tokens with it, remembered ones too.
        second = Signer("second")
        await publish_keys(house.nats.nats_url, second)
        token = second.token()
        await eventually(lambda: _is_open(house, "gateway", token))
        client, bucket = await house.bucket("signing_keys")
        await bucket.put("broken", b"{}")
        await bucket.delete("second")
        await client.close()
        await eventually(lambda: _is_refused(house, "gateway", token))
        assert await status(house, "gateway", other_session) == 200


async def _is_closed(house: House, gateway: str, token: str) -> bool:
    answer = await ask(house.stack.ports[gateway], "GET", "/me", token=token)
    closed = answer.status == 503
    if closed:
        assert answer.code == "sign_in_state_unknown"
        assert answer["retry-after"] == "1"
    return closed


async def _is_open(house: House, gateway: str, token: str) -> bool:
    return await status(house, gateway, token) == 200


async def _is_refused(house: House, gateway: str, token: str) -> bool:
    return await status(house, gateway, token) == 401


async def test_after_an_outage_tokens_wait_until_everything_was_read_anew(tmp_path: Path) -> None:
    async with Stack({}, data_dir=tmp_path, only=("nats",)) as stack:
        broker, answers = Broker(stack.nats_url, "gateway"), dict[int, str]()

        async def ask_first() -> None:
            """Before any view had its turn: as a request may that comes just then."""
            watch.look()
            answers.setdefault(broker.losses, answer_of(watch))

        broker.on_connect.append(ask_first)
        watch = Standing(Revocations(), Accounts(Pseudonyms("key")), broker, grace=0.2)
        await broker.start()
        await eventually(lambda: answer_of(watch) == "open")
        await stack.kill("nats")  # which takes longer than the grace to be back
        await eventually(lambda: len(answers) > 1)
        assert set(answers.values()) == {"closed"}
        await eventually(lambda: answer_of(watch) == "open")
        await watch.close()
        await broker.close()


def answer_of(watch: Standing) -> str:
    try:
        watch.check(principal())
    except StandingUnknown:
        return "closed"
    return "open"


def principal() -> Principal:
    return Principal("u" * 24, "s" * 24, ("user",), 1000, 1000 + ACCESS_TOKEN_LIFE)


def test_a_session_is_refused_whatever_the_value_says() -> None:
    for value in (b"999", b"", b"not a time", b"1e9", b"\xff"):
        revocations = Revocations(now=lambda: 1000.0)
        revocations.put("session." + "s" * 24, value)
        with pytest.raises(AuthenticationRequired):
            revocations.check(principal())
        revocations.check(msgspec.structs.replace(principal(), session_id="t" * 24))


def test_entries_are_forgotten_only_after_the_last_token_they_are_about() -> None:
    now = [0.0]
    revocations = Revocations(now=lambda: now[0])
    revocations.put("session." + "s" * 24, b"0")
    now[0] = ACCESS_TOKEN_LIFE
    revocations.put("session.other", b"3600")
    with pytest.raises(AuthenticationRequired):
        revocations.check(principal())
    now[0] = ACCESS_TOKEN_LIFE * 2
    revocations.put("session.third", b"7200")
    revocations.check(principal())
