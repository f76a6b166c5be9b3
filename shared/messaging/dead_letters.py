"""Dead letters: messages that no retry could help, kept in the stream DLQ by the consumers."""

import re
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import nats.js.errors
from nats.js import JetStreamContext

from shared.messaging.broker import Broker

_STREAM, _SUBJECTS = "DLQ", "dlq.>"

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


async def letters(js: JetStreamContext) -> AsyncIterator[DeadLetter]:
    """All, oldest first."""
    sequence = 1
    while True:
        try:
            found = await js.get_msg(_STREAM, seq=sequence, subject=_SUBJECTS, next=True)
        except nats.js.errors.NotFoundError:
            return
        assert found.seq is not None
        yield DeadLetter(found.seq, found.headers or {}, found.data or b"")
        sequence = found.seq + 1


async def letter(js: JetStreamContext, sequence: int) -> DeadLetter:
    try:
        found = await js.get_msg(_STREAM, seq=sequence)
    except nats.js.errors.NotFoundError:
        raise NoSuchLetter(sequence) from None
    return DeadLetter(sequence, found.headers or {}, found.data or b"")


async def replay(broker: Broker, dead: DeadLetter) -> None:
    """Publish it again where it came from, then remove it. It is the same event still (`ce-id`), so
    those handlers that did their work do nothing."""
    own = (CONSUMER, SUBJECT, REASON, "Nats-Msg-Id")
    headers = {name: value for name, value in dead.headers.items() if name not in own}
    headers["Nats-Msg-Id"] = str(uuid.uuid4())
    await broker.publish(dead.subject, dead.payload, headers)
    await remove(broker, dead)


async def remove(broker: Broker, dead: DeadLetter) -> None:
    try:
        await broker.jetstream.delete_msg(_STREAM, dead.sequence)
    except nats.js.errors.APIError:
        with suppress(NoSuchLetter):  # somebody else was sooner
            await letter(broker.jetstream, dead.sequence)
            raise
