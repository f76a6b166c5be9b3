"""Events about a person are erased wherever there are copies of them, and only those."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from nats.js.errors import NotFoundError

from shared.contracts.auth import OtpRequested, UserEmailChanged, UserSignedIn
from shared.contracts.users import UserDeleted, UserErased
from shared.ids import new_id
from shared.messaging import BrokerAway, Transaction
from shared.messaging.dead_letters import (
    CONSUMER,
    REASON,
    SUBJECT,
    DeadLetter,
    NotReplayed,
    letters,
    replay,
)
from shared.messaging.traces import StillOnItsWay, Traces
from shared.mongo import Document
from tests.eventually import eventually
from tests.files import contents
from tests.messaging.replica import QUICK, Bench, Replica, signed_in


def traces_of(replica: Replica) -> Traces:
    return Traces(replica.database, replica.broker)


def email_changed(user_id: str, email: str) -> UserEmailChanged:
    return UserEmailChanged(user_id=user_id, version=2, email=email)


def code_for(address: str) -> OtpRequested:
    return OtpRequested(
        challenge_id=new_id(),
        channel="email",
        recipient=address,
        sealed_code="sealed",
        language="en",
        expires_at="2026-02-14T09:58:22.016Z",
    )


async def sent(replica: Replica, *events: object) -> None:
    await replica.say(*events)  # type: ignore[arg-type]
    await eventually(replica.nothing_pending)


async def stored(replica: Replica, stream: str = "EVENTS") -> list[bytes]:
    """The bodies that a stream would still give."""
    js = replica.broker.jetstream
    state = (await js.stream_info(stream)).state
    found = []
    for sequence in range(max(1, state.first_seq), state.last_seq + 1):
        with suppress(NotFoundError):  # a hole, where an erased one was
            found.append((await js.get_msg(stream, sequence)).data or b"")
    return found


def on_disk(bench: Bench) -> bytes:
    folder: Path = bench.stack.plan.data_dir / "nats" / "jetstream"
    return b"".join(contents(folder).values())


async def test_every_copy_is_overwritten_and_others_events_stay(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person, other = new_id(), new_id()
    await sent(
        replica,
        email_changed(person, "first@aula.test"),
        email_changed(other, "other@aula.test"),
        signed_in(person),
        code_for("second@aula.test"),
        code_for("bystander@aula.test"),
    )
    await eventually(lambda: b"first@aula.test" in on_disk(bench))
    assert await traces_of(replica).erase((person, "second@aula.test")) == 3
    (left,) = await stored(replica)
    assert b"other@aula.test" in left
    (code,) = await stored(replica, "OTP")
    assert b"bystander@aula.test" in code
    disk = on_disk(bench)
    for trace in (person, "first@aula.test", "second@aula.test"):
        assert trace.encode() not in disk
    rows = [row async for row in replica.database["outbox"].find()]
    assert {trace for row in rows for trace in row["traces"]} == {other, "bystander@aula.test"}
    assert await traces_of(replica).erase((person, "second@aula.test")) == 0


async def test_what_was_erased_does_not_come_back_when_nats_loses_its_disk(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person, other = new_id(), new_id()
    await sent(replica, signed_in(person), signed_in(other), signed_in(person), signed_in(other))
    assert await traces_of(replica).erase((person,)) == 2
    await bench.stack.stop_one("nats")
    shutil.rmtree(bench.stack.plan.data_dir / "nats" / "jetstream")
    await bench.stack.start_one("nats")

    async def filled_again() -> bool:
        return len(await stored(replica)) == 2

    await eventually(filled_again)
    await eventually(replica.nothing_pending)
    assert all(other.encode() in message for message in await stored(replica))
    # The new copies lie elsewhere than the first ones did. They are found, and nothing else is.
    assert await traces_of(replica).erase((other,)) == 2
    assert await stored(replica) == []


async def test_a_stream_that_counts_anew_loses_nobody_elses_event(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person, other = new_id(), new_id()
    await sent(replica, signed_in(person))
    await sent(replica, signed_in(other))
    # As if the stream had been lost between the two: the first one's place is the second one's.
    await replica.database["outbox"].update_one(
        {"traces": person}, {"$set": {"copies": [{"stream": "EVENTS", "sequence": 2}]}}
    )
    assert await traces_of(replica).erase((person,)) == 1
    assert sum(other.encode() in message for message in await stored(replica)) == 1


async def test_an_event_that_is_still_to_be_published_is_waited_for(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person = new_id()
    await sent(replica, signed_in(person))
    await bench.stack.stop_one("nats")
    await replica.say(signed_in(person))
    with pytest.raises((BrokerAway, StillOnItsWay)):
        await traces_of(replica).erase((person,))
    await bench.stack.start_one("nats")

    async def erased() -> bool:
        try:
            await traces_of(replica).erase((person,))
        except (BrokerAway, StillOnItsWay):  # as a consumer would, it tries again
            return False
        return await replica.database["outbox"].count_documents({}) == 0

    await eventually(erased)
    assert await stored(replica) == []


async def test_a_row_that_waits_keeps_the_erasure_open_but_not_the_others(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person = new_id()
    await sent(replica, signed_in(person), signed_in(person))
    row = await replica.database["outbox"].find_one()
    assert row is not None
    waits: Document = {"state": "waiting"}  # for a lease of another replica, say
    await replica.database["outbox"].update_one({"_id": row["_id"]}, {"$set": waits})
    with pytest.raises(StillOnItsWay):
        await traces_of(replica).erase((person,))
    assert await replica.database["outbox"].count_documents({}) == 1
    assert len(await stored(replica)) == 1


async def test_dead_letters_about_a_person_are_erased_whoever_buried_them(bench: Bench) -> None:
    replica = bench.replica("users")
    person, other = new_id(), new_id()

    async def fail(_: object, __: Transaction) -> None:
        raise ValueError

    replica.on(UserEmailChanged, fail, patience=QUICK)
    await bench.running(replica)
    auth = await bench.running(bench.replica("auth"))
    await auth.say(
        email_changed(person, "ann@aula.test"),
        email_changed(other, "joann@aula.test"),
        email_changed(other, "ann@aula.test.example"),
    )

    async def buried() -> list[DeadLetter] | None:
        found = [dead async for dead in letters(replica.broker)]
        return found if len(found) == 3 else None

    await eventually(buried)
    await eventually(auth.nothing_pending)
    assert await traces_of(auth).erase((person, "ann@aula.test")) == 2
    left = [dead async for dead in letters(replica.broker)]
    assert [other.encode() in dead.payload for dead in left] == [True, True]
    assert person.encode() not in on_disk(bench)


async def test_what_was_replayed_is_erased_wherever_it_lies(bench: Bench) -> None:
    replica = bench.replica("users")
    person, handled = new_id(), asyncio.Event()

    async def handle(_: object, transaction: Transaction) -> None:
        if not mended:
            raise ValueError
        transaction.after_commit.append(handled.set)

    mended = False
    replica.on(UserSignedIn, handle, patience=QUICK)
    await bench.running(replica)
    auth = await bench.running(bench.replica("auth"))
    await sent(auth, signed_in(person))

    async def buried() -> DeadLetter | None:
        found = [dead async for dead in letters(replica.broker)]
        return found[0] if found else None

    dead = await eventually(buried)
    assert dead.source == "auth"
    mended = True
    databases = {"auth": auth.database}
    await replay(replica.broker, databases, dead)
    assert await buried() is None
    await eventually(handled.is_set)
    await eventually(auth.nothing_pending)
    assert len(await stored(auth)) == 2, "of one event"
    assert await traces_of(auth).erase((person,)) == 1
    assert await stored(auth) == []
    await eventually(lambda: person.encode() not in on_disk(bench))

    # It had been read before they were erased.
    with pytest.raises(NotReplayed):
        await replay(replica.broker, databases, dead)
    assert await stored(auth) == []


@pytest.mark.parametrize(
    ("payload", "mentioned"),
    [
        (b'{"recipient":"ann@aula.test"}', True),
        (b"broken: ann@aula.test. And so on", True),
        (b"ann@aula.test", True),
        (b'{"recipient":"joann@aula.test"}', False),
        (b'{"recipient":"jo.ann@aula.test"}', False),
        (b'{"recipient":"jo+ann@aula.test"}', False),
        ('{"recipient":"éann@aula.test"}'.encode(), False),
        (b'{"recipient":"ann@aula.test.example"}', False),
        (b'{"recipient":"ann@aula.testing"}', False),
        (b'{"recipient":"+9055512345678"}', False),
        (b'{"recipient":"+905551234567"}', True),
        (b"\xff\xfe", False),
    ],
)
def test_a_letter_is_about_an_address_only_as_a_whole(payload: bytes, mentioned: bool) -> None:
    headers = {CONSUMER: "users-test", SUBJECT: "otp.requested", REASON: "ValueError"}
    dead = DeadLetter(1, headers, payload)
    assert dead.mentions(("ann@aula.test", "+905551234567")) is mentioned


async def test_what_outlives_a_person_is_not_found_by_their_id(bench: Bench) -> None:
    """`user.deleted` must reach who is late; the receipts name nobody."""
    replica = await bench.running(bench.replica("users"))
    person, erasure = new_id(), new_id()
    receipt = UserErased(
        erasure_id=erasure, service="auth", counts={"identity": 1}, erased_at="2026-02-14"
    )
    await sent(replica, UserDeleted(user_id=person, erasure_id=erasure), receipt)
    assert await traces_of(replica).erase((person,)) == 0
    assert len(await stored(replica)) == 2
    # Once all have answered, it goes too.
    assert await traces_of(replica).erase((erasure, person)) == 1
    (left,) = await stored(replica)
    assert person.encode() not in left
    assert person.encode() not in on_disk(bench)


async def test_letters_are_read_whole_and_in_order_while_others_go(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person = new_id()
    headers = {CONSUMER: "users-test", SUBJECT: "user.signed_in", REASON: "ValueError"}

    async def write(number: int) -> None:
        body = person if number % 3 else str(number)
        unique = {"Nats-Msg-Id": f"letter-{number}"}

        async def written() -> bool:
            await replica.broker.publish("dlq.users-test", body.encode(), headers | unique)
            return True

        await eventually(written)

    for start in range(0, 450, 50):
        await asyncio.gather(*(write(number) for number in range(start, start + 50)))
    found = [dead.sequence async for dead in letters(replica.broker)]
    assert found == list(range(1, 451))
    counts = await asyncio.gather(*(traces_of(replica).erase((person,)) for _ in range(2)))
    assert sum(counts) >= 300
    left = [dead.payload async for dead in letters(replica.broker)]
    assert sorted(left) == sorted(str(number).encode() for number in range(0, 450, 3))
    assert await replica.broker.jetstream.consumers_info("DLQ") == []


async def test_many_events_go_in_one_call_and_two_calls_at_once_do_no_harm(bench: Bench) -> None:
    replica = await bench.running(bench.replica())
    person, other = new_id(), new_id()
    await sent(replica, *(signed_in(person) for _ in range(250)), signed_in(other))
    await replica.broker.publish(
        "dlq.users-test",
        person.encode(),
        {CONSUMER: "users-test", SUBJECT: "user.signed_in", REASON: "ValueError"},
    )
    await asyncio.gather(*(traces_of(replica).erase((person,)) for _ in range(4)))
    assert len(await stored(replica)) == 1
    assert await replica.database["outbox"].count_documents({}) == 1
