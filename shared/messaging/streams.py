"""The table of streams and buckets, and of what becomes of an event's outbox row."""

from dataclasses import dataclass
from datetime import timedelta

from shared.contracts import EVENTS
from shared.tokens import ACCESS_TOKEN_LIFE


@dataclass(frozen=True)
class Stream:
    """`max_age`: how long NATS keeps a message. `kept`: how long its outbox row stays after it was
    sent, so that it can be published again should NATS lose its disk."""

    name: str
    subjects: tuple[str, ...]
    max_age: timedelta
    kept: timedelta


_SHORT_LIVED = ("otp",)  # one-time codes: dead after minutes, so not kept for days

STREAMS: tuple[Stream, ...] = (
    Stream(
        "OTP",
        tuple(f"{thing}.>" for thing in _SHORT_LIVED),
        max_age=timedelta(minutes=15),
        kept=timedelta(minutes=15),
    ),
    Stream(
        "EVENTS",
        tuple(
            sorted(
                {f"{event.subject.split('.')[0]}.>" for event in EVENTS}
                - {f"{thing}.>" for thing in _SHORT_LIVED}
            )
        ),
        max_age=timedelta(days=30),
        kept=timedelta(days=35),
    ),
    Stream("DLQ", ("dlq.>",), max_age=timedelta(days=30), kept=timedelta(0)),
)


@dataclass(frozen=True)
class Bucket:
    """`max_age`: how long NATS keeps a value after it was last put."""

    name: str
    max_age: timedelta

    @property
    def stream(self) -> str:
        """The stream that NATS keeps it in."""
        return f"KV_{self.name}"

    @property
    def prefix(self) -> str:
        """What its keys have before them as subjects."""
        return f"$KV.{self.name}."


# Sessions whose access tokens no longer count; a token is dead by itself when its entry ends.
REVOCATIONS = Bucket("revocations", timedelta(seconds=ACCESS_TOKEN_LIFE + 300))
# Public keys by `kid`. Put again by auth while in use; a retired key ends with its last token.
SIGNING_KEYS = Bucket("signing_keys", timedelta(days=1))

# Accounts that may do less than their tokens say: `leaving.<deletion id>` (value: the pseudonym of
# the person), `stays.<deletion id>` (they changed their mind), `gone.<pseudonym>`. Kept longer than
# a deletion may be pending.
ACCOUNTS = Bucket("accounts", timedelta(days=100))

BUCKETS = (REVOCATIONS, SIGNING_KEYS, ACCOUNTS)

# How long an inbox remembers: longer than any row or message that could come again.
INBOX_MEMORY = timedelta(days=70)


def stream_of(subject: str) -> Stream:
    """The stream that stores `subject`."""
    thing = subject.split(".", 1)[0] + ".>"
    return next(stream for stream in STREAMS if thing in stream.subjects)


def kept(subject: str) -> timedelta:
    """How long an outbox row for `subject` stays after it was sent."""
    for bucket in BUCKETS:
        if subject.startswith(bucket.prefix):
            return bucket.max_age
    return stream_of(subject).kept
