"""`python -m shared.messaging`, as a person runs it."""

import asyncio
import sys

from deploy.components import ROOT
from shared.contracts.auth import UserSignedIn
from shared.ids import new_id
from shared.messaging import ACCOUNTS, Transaction
from shared.messaging.dead_letters import CONSUMER, REASON, SUBJECT
from tests.eventually import eventually
from tests.messaging.replica import QUICK, Bench, Effects, signed_in


async def run(bench: Bench, *arguments: str, **more: str) -> tuple[int | None, str]:
    """Exit code, and everything that it printed."""
    environment = {
        "AULA_MONGO_URL": bench.stack.mongo_url,
        "AULA_NATS_URL": bench.stack.nats_url,
        "AULA_DATABASE_PREFIX": bench.prefix,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.messaging", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_dead_letters_are_listed_shown_and_replayed(bench: Bench) -> None:
    replica = bench.replica("users")
    effects = Effects(replica.database)
    mended = False

    async def handle(event: UserSignedIn, transaction: Transaction) -> None:
        if not mended:
            raise ValueError
        await effects(event, transaction)

    replica.on(UserSignedIn, handle, patience=QUICK)
    await bench.running(replica)
    events = [signed_in(), signed_in()]
    await replica.say(*events)
    js = replica.broker.jetstream
    await eventually(lambda: _count_is(js, 2))

    code, listed = await run(bench, "dead-letters", "list")
    assert code == 0
    assert listed.count("user.signed_in  users-test  ValueError at test_command.py:") == 2
    sequence = listed.split()[0]
    code, shown = await run(bench, "dead-letters", "show", sequence)
    assert code == 0
    assert "aula-consumer: users-test" in shown
    assert any(f'"sessionId": "{event.session_id}"' in shown for event in events)

    mended = True
    assert (await run(bench, "dead-letters", "replay", sequence))[1] == "1 replayed.\n"
    code, output = await run(bench, "dead-letters", "replay", "--all", "--consumer", "other")
    assert output == "0 replayed.\n"
    code, output = await run(bench, "dead-letters", "replay", "--all", "--consumer", "users-test")
    assert (code, output) == (0, "1 replayed.\n")
    await eventually(lambda: effects.are_once_for(*events))
    assert (await run(bench, "dead-letters", "list"))[1] == ""

    headers = {CONSUMER: "users-test", SUBJECT: "user.signed_in", REASON: "Unreadable"}
    await replica.broker.publish("dlq.users-test", b"whose?", headers)
    code, output = await run(bench, "dead-letters", "replay", "--all")
    assert (code, output) == (0, "3 stays: no outbox has its event (any more).\n0 replayed.\n")
    assert await _count_is(js, 1)


async def _count_is(js: object, count: int) -> bool:
    return (await js.stream_info("DLQ")).state.messages == count


async def test_pending_rows_and_streams_are_counted_and_rows_replayed(bench: Bench) -> None:
    replica = bench.replica("auth")
    await replica.prepare()
    await replica.say(signed_in(), signed_in())
    code, output = await run(bench, "pending")
    assert code == 0
    assert output.startswith("auth           2 pending, the oldest since 20")
    await bench.running(replica)
    await eventually(replica.nothing_pending)
    assert (await run(bench, "pending"))[1] == "auth           0 pending\n"
    code, output = await run(bench, "streams")
    assert code == 0
    assert "EVENTS              2 messages" in output

    await replica.broker.jetstream.purge_stream("EVENTS")
    asked = ("replay", "--service", "auth", "--since", "2h")
    none = await run(bench, *asked, "--subject", "otp.>")
    assert none[1].startswith("0 events are pending again")
    code, output = await run(bench, *asked, "--subject", "user.>")
    assert (code, output.split(";")[0]) == (0, "2 events are pending again")
    await eventually(replica.nothing_pending)


async def test_the_keys_of_a_bucket_are_listed(bench: Bench) -> None:
    replica = bench.replica("users")
    await bench.running(replica)
    key = f"gone.{new_id()}"
    await replica.broker.publish(f"{ACCOUNTS.prefix}{key}", b"", {})
    code, output = await run(bench, "keys", "accounts")
    assert code == 0
    assert key in output.splitlines()


async def test_failures_say_what_to_do(bench: Bench) -> None:
    nowhere = "nats://user:secret@127.0.0.1:1"
    (code, output), unknown, absent, unclear, wrong = await asyncio.gather(
        run(bench, "streams", AULA_NATS_URL=nowhere),
        run(bench, "replay", "--service", "nobody", "--since", "2h"),
        run(bench, "dead-letters", "show", "99"),
        run(bench, "dead-letters", "replay"),
        run(bench, "replay", "--service", "auth", "--since", "yesterday"),
    )
    assert code == 1
    assert "AULA_NATS_URL" in output
    assert "secret" not in output
    assert unknown[0] == 1
    assert "no database of a service 'nobody'" in unknown[1]
    assert absent == (1, "There is no dead letter 99; `dead-letters list` shows them.\n")
    assert unclear[0] == 1
    assert "--all" in unclear[1]
    assert wrong[0] == 2
    assert "2h" in wrong[1]
