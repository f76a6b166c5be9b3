"""Dead letters: messages that no retry could help, kept in the stream DLQ by the consumers."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from shared.messaging.broker import Broker, BrokerAway
from shared.messaging.pull import Pull
from shared.messaging.relay import publish_again
from shared.mongo import Database

_STREAM = "DLQ"
_AT_A_TIME = 200  # letters on their way at once: each may be as long as a message may be
_READER = ConsumerConfig(
    ack_policy=AckPolicy.NONE,
    deliver_policy=DeliverPolicy.ALL,
    inactive_threshold=60.0,  # seconds, in case that who reads dies
    mem_storage=True,
)

# What an address goes on with, to the left and to the right.
_PART = rb"(?<![\w\x80-\xff.!#$%&'*+/=?^`{|}~-])"
_END = rb"(?![\w\x80-\xff-]|\.[\w\x80-\xff])"

CONSUMER, SUBJECT, REASON = "aula-consumer", "aula-subject", "aula-reason"


@dataclass(frozen=True)
class DeadLetter:
    """`headers` are those of the message, and the consumer's three: who, from where, why."""

    sequence: int
    headers: dict[str, str]
    payload: bytes

    @property
    def consumer(self) -> str:
        return self.headers[CONSUMER]

    @property
    def source(self) -> str:
        """The service that said it; "" for what is no event."""
        return self.headers.get("ce-source", "").removeprefix("/aula/")

    @property
    def subject(self) -> str:
        """What it was published to at first."""
        return self.headers[SUBJECT]

    @property
    def reason(self) -> str:
        return self.headers[REASON]

    def mentions(self, texts: Sequence[str]) -> bool:
        """Whether any of `texts` (ids and addresses) is in its headers or its body, and not merely
        as a part of another: ann@aula.test is not joann@aula.test."""
        whole = self.payload + "\0".join(["", *self.headers.values()]).encode()
        return any(re.search(_PART + re.escape(text.encode()) + _END, whole) for text in texts)


class NoSuchLetter(Exception):
    """There is no dead letter with this number (any more)."""


class NotReplayed(Exception):
    """No outbox has the event of the letter with this number: not any more, as that of a code too
    old or of a person who is erased, or none ever had."""


async def letters(broker: Broker) -> AsyncIterator[DeadLetter]:
    """All that are there, oldest first, by a consumer that nobody else sees.

    Raises BrokerAway, also where one got lost on its way here.
    """
    js = broker.jetstream
    consumer = (await js.add_consumer(_STREAM, _READER)).name
    read = 0
    try:
        async with Pull(broker, _STREAM, consumer) as pull:
            more = True
            while more:
                more = False
                async for message in pull.there(_AT_A_TIME):
                    more, read = True, read + 1
                    place = message.metadata.sequence
                    if place.consumer != read:
                        raise BrokerAway("a dead letter got lost")
                    yield DeadLetter(place.stream, message.headers or {}, message.data)
    finally:
        with suppress(nats.errors.Error, nats.js.errors.Error, BrokerAway, OSError):
            await js.delete_consumer(_STREAM, consumer)


async def letter(js: JetStreamContext, sequence: int) -> DeadLetter:
    try:
        found = await js.get_msg(_STREAM, seq=sequence)
    except nats.js.errors.NotFoundError:
        raise NoSuchLetter(sequence) from None
    return DeadLetter(sequence, found.headers or {}, found.data or b"")


async def replay(broker: Broker, databases: Mapping[str, Database], dead: DeadLetter) -> None:
    """Have its event published again by who said it, out of the outbox there, then remove the
    letter. It is the same event still (`ce-id`), so those handlers that did their work do nothing;
    and a copy that the outbox knows of, so that it can be erased. `databases`: by service.

    Raises NotReplayed.
    """
    owner = databases.get(dead.source)
    if owner is None or not await publish_again(owner["outbox"], dead.headers.get("ce-id", "")):
        raise NotReplayed(dead.sequence)
    await remove(broker, dead)


async def remove(broker: Broker, dead: DeadLetter) -> None:
    try:
        await broker.jetstream.delete_msg(_STREAM, dead.sequence)
    except nats.js.errors.APIError:
        with suppress(NoSuchLetter):  # somebody else was sooner
            await letter(broker.jetstream, dead.sequence)
            raise
