"""`python -m shared.messaging`: what the event backbone holds, and doing it again.

Reads AULA_MONGO_URL, AULA_NATS_URL and AULA_DATABASE_PREFIX, as the services do.
"""

import argparse
import re
import sys
from datetime import timedelta
from functools import partial

import msgspec
from nats.js.api import StreamInfo

from shared.clock import timestamp, utc_now
from shared.command import CommandFailed, mongo_of, run, say, services_of
from shared.messaging import dead_letters
from shared.messaging.broker import Broker
from shared.messaging.buckets import BUCKETS, keys_in
from shared.messaging.command import nats_of
from shared.messaging.dead_letters import DeadLetter, NoSuchLetter, NotReplayed
from shared.messaging.outbox import PENDING
from shared.messaging.relay import replay
from shared.settings import ServiceSettings

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


async def pending(settings: ServiceSettings, options: argparse.Namespace) -> None:
    async with mongo_of(settings) as client:
        for service, database in (await services_of(client, settings)).items():
            rows = database["outbox"]
            count = await rows.count_documents(PENDING)
            oldest = await rows.find_one(PENDING, {"created_at": 1}, sort=[("created_at", 1)])
            since = f", the oldest since {timestamp(oldest['created_at'])}" if oldest else ""
            say(f"{service:<15}{count} pending{since}")


async def replay_rows(settings: ServiceSettings, options: argparse.Namespace) -> None:
    async with mongo_of(settings) as client:
        known = await services_of(client, settings)
        if options.service not in known:
            raise CommandFailed(
                f"There is no database of a service {options.service!r}; there is"
                f" {', '.join(known) or 'none'}. (AULA_DATABASE_PREFIX is"
                f" {settings.database_prefix!r}.)"
            )
        rows = known[options.service]["outbox"]
        count = await replay(rows, utc_now() - options.since, [options.subject])
        say(f"{count} events are pending again; the running {options.service} publishes them.")


async def list_letters(settings: ServiceSettings, options: argparse.Namespace) -> None:
    async with nats_of(settings) as broker:
        async for dead in dead_letters.letters(broker):
            time = dead.headers.get("ce-time", "-")
            say(f"{dead.sequence:>6}  {time}  {dead.subject}  {dead.consumer}  {dead.reason}")


async def show_letter(settings: ServiceSettings, options: argparse.Namespace) -> None:
    async with nats_of(settings) as broker:
        dead = await _letter(broker, options.sequence)
    for name, value in sorted(dead.headers.items()):
        say(f"{name}: {value}")
    try:
        say(msgspec.json.format(dead.payload, indent=2).decode())
    except msgspec.DecodeError:
        say(f"(not JSON) {dead.payload!r}")


async def _letter(broker: Broker, sequence: int) -> DeadLetter:
    try:
        return await dead_letters.letter(broker.jetstream, sequence)
    except NoSuchLetter as error:
        raise CommandFailed(
            f"There is no dead letter {error}; `dead-letters list` shows them."
        ) from None


async def replay_letters(settings: ServiceSettings, options: argparse.Namespace) -> None:
    if bool(options.sequences) == options.all:
        raise CommandFailed("Say which: the numbers that `list` shows, or --all.")
    async with nats_of(settings) as broker, mongo_of(settings) as client:
        chosen: list[DeadLetter] = (
            [dead async for dead in dead_letters.letters(broker)]
            if options.all
            else [await _letter(broker, sequence) for sequence in options.sequences]
        )
        chosen = [dead for dead in chosen if options.consumer in (None, dead.consumer)]
        databases = await services_of(client, settings)
        replayed = 0
        for dead in chosen:
            try:
                await dead_letters.replay(broker, databases, dead)
            except NotReplayed:
                say(f"{dead.sequence} stays: no outbox has its event (any more).")
            else:
                replayed += 1
        say(f"{replayed} replayed.")


async def streams(settings: ServiceSettings, options: argparse.Namespace) -> None:
    async with nats_of(settings) as broker:
        for stream in await broker.jetstream.streams_info():
            await _describe(broker, stream)


async def keys(settings: ServiceSettings, options: argparse.Namespace) -> None:
    (bucket,) = (each for each in BUCKETS if each.name == options.bucket)
    async with nats_of(settings) as broker:
        for key in sorted(await keys_in(broker, bucket)):
            say(key)


async def _describe(broker: Broker, stream: StreamInfo) -> None:
    name, state = stream.config.name or "", stream.state
    say(f"{name:<20}{state.messages} messages, {state.bytes / 1024:.0f} KiB")
    for consumer in await broker.jetstream.consumers_info(name):
        if consumer.config.durable_name:
            say(
                f"  {consumer.name:<30}{consumer.num_pending} to come,"
                f" {consumer.num_ack_pending} at work or waiting for a retry"
            )


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]+)([smhd])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s, 30m, 2h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.messaging", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("pending", help="committed events that NATS does not have yet")
    command.set_defaults(run=pending)

    command = commands.add_parser("streams", help="what NATS holds, and how far the handlers are")
    command.set_defaults(run=streams)

    command = commands.add_parser("keys", help="what a bucket has values for")
    command.add_argument("bucket", choices=[each.name for each in BUCKETS])
    command.set_defaults(run=keys)

    command = commands.add_parser("replay", help="publish a service's events again")
    command.add_argument("--service", required=True, metavar="NAME")
    command.add_argument("--since", required=True, type=_duration, metavar="2h")
    command.add_argument("--subject", default=">", metavar="user.>", help="all, if not given")
    command.set_defaults(run=replay_rows)

    letters = commands.add_parser("dead-letters", help="messages that no retry could help")
    commands = letters.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list")
    command.set_defaults(run=list_letters)
    command = commands.add_parser("show", help="headers and body")
    command.add_argument("sequence", type=int, metavar="SEQ")
    command.set_defaults(run=show_letter)
    command = commands.add_parser("replay", help="have them published again, and remove")
    command.add_argument("sequences", type=int, nargs="*", metavar="SEQ")
    command.add_argument("--all", action="store_true")
    command.add_argument("--consumer", metavar="NAME", help="only those that it gave up")
    command.set_defaults(run=replay_letters)
    return parser


def main() -> int:
    options = _parser().parse_args()
    return run(partial(options.run, options=options), ServiceSettings)


if __name__ == "__main__":
    sys.exit(main())
