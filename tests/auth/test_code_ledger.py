"""The rules of one-time codes, held by every history that hypothesis can think of."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.auth.code_ledger import (
    CodeExpired,
    CodeInvalid,
    CodeLedger,
    CodePolicy,
    Purpose,
    SentTooOften,
    TriesUsedUp,
)

POLICY = CodePolicy()
START = datetime(2026, 2, 14, 9, 58, tzinfo=UTC)
PURPOSES: tuple[Purpose, ...] = ("sms", "short_mail", "mail")
ADDRESSES = ("owner", *(f"stranger {number}" for number in range(6)))
WAITS = (0.5, 7, 59, 60, 61, 299, 300, 1_800, 3_600, 7_200, 21_600, 86_401, 604_799, 604_801)

purposes = st.sampled_from(PURPOSES)
addresses = st.sampled_from(ADDRESSES)


def seconds_until(error: SentTooOften | TriesUsedUp) -> timedelta:
    return timedelta(seconds=int(error.headers()["Retry-After"]))


class Codes(RuleBasedStateMachine):
    """A ledger beside a plain account of what was sent, looked at and solved."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.ledger = CodeLedger(key="email:somebody@aula.test")
        self.fresh = (f"challenge {number}" for number in itertools.count())
        self.sent: list[datetime] = []
        self.ends: dict[str, datetime] = {}
        self.newest: dict[Purpose, str] = {}
        self.looked_at: list[tuple[str, str]] = []  # challenge, address
        self.failed: list[datetime] = []  # in a row
        self.solved: list[str] = []

    @rule(seconds=st.sampled_from(WAITS))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(purpose=purposes)
    def send(self, purpose: Purpose) -> None:
        living = self.living(purpose)
        try:
            ledger = self.ledger.sent(purpose, next(self.fresh), self.now, POLICY)
        except SentTooOften as error:
            assert self.too_often()
            later = self.now + seconds_until(error)
            assert later > self.now
            self.ledger.sent(purpose, "after the wait", later, POLICY)
            return
        assert not self.too_often()
        challenge = ledger.challenges[purpose]
        if living:
            assert challenge.id == living, "a living code is sent again"
            assert challenge.expires_at == self.ends[living], "with its original end"
        else:
            assert challenge.id not in self.ends, "a dead one is not"
            assert challenge.expires_at == self.now + timedelta(minutes=5)
        self.ledger = ledger
        self.sent.append(self.now)
        self.newest[purpose] = challenge.id
        self.ends[challenge.id] = challenge.expires_at

    @rule(purpose=purposes, address=addresses, right=st.booleans())
    def try_one(self, purpose: Purpose, address: str, right: bool) -> None:
        try:
            self.ledger = self.ledger.tried(purpose, address, self.now, POLICY)
        except TriesUsedUp as error:
            assert seconds_until(error) > timedelta(0)
            assert self.must_wait(address, purpose), "nobody else's tries are in the way"
        except (CodeInvalid, CodeExpired):
            assert not self.living(purpose) or self.newest[purpose] in self.solved
        else:
            self.look_at(purpose, address, right)

    def look_at(self, purpose: Purpose, address: str, right: bool) -> None:
        challenge = self.ledger.challenges[purpose].id
        assert self.now < self.ends[challenge]
        assert not self.must_wait(address, purpose)
        assert challenge == self.newest[purpose], "an older code is dead"
        self.looked_at.append((challenge, address))
        if right:
            self.ledger = self.ledger.solved(purpose, challenge)
            self.solved.append(challenge)
            self.failed = []
            del self.newest[purpose]
            with pytest.raises(CodeInvalid):
                self.ledger.solved(purpose, challenge)
        else:
            if self.failed and self.now - self.failed[-1] >= POLICY.failures_forgotten_after:
                self.failed = []
            self.failed.append(self.now)

    def living(self, purpose: Purpose) -> str | None:
        challenge = self.newest.get(purpose)
        if challenge is None or self.now >= self.ends[challenge] or self.tries(challenge) >= 20:
            return None
        return challenge

    def tries(self, challenge: str, address: str | None = None) -> int:
        return sum(tried == challenge and address in (None, by) for tried, by in self.looked_at)

    def must_wait(self, address: str, purpose: Purpose) -> bool:
        challenge = self.newest.get(purpose, "")
        used_up = self.tries(challenge, address) >= 5 or self.tries(challenge) >= 20
        return used_up or self.slowed()

    def slowed(self) -> bool:
        if len(self.failed) < 20 or self.now - self.failed[-1] >= POLICY.failures_forgotten_after:
            return False
        wait = min(30 * 2 ** (len(self.failed) - 20), 6 * 3600)
        return self.now - self.failed[-1] < timedelta(seconds=wait)

    def too_often(self) -> bool:
        def within(**span: float) -> int:
            return sum(sent > self.now - timedelta(**span) for sent in self.sent)

        return within(seconds=60) >= 1 or within(hours=1) >= 5 or within(days=1) >= 10

    @invariant()
    def no_code_is_looked_at_too_often(self) -> None:
        for challenge in self.ends:
            assert self.tries(challenge) <= 20
            assert all(self.tries(challenge, address) <= 5 for address in ADDRESSES)

    @invariant()
    def each_code_works_once(self) -> None:
        assert len(self.solved) == len(set(self.solved))

    @invariant()
    def never_a_hundred_failures_in_a_row(self) -> None:
        assert len(self.failed) < 100
        assert self.ledger.failures <= len(self.failed)


TestCodes = Codes.TestCase
TestCodes.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)


def test_the_most_patient_guesser_gets_few_guesses_and_never_a_hundred_in_a_row() -> None:
    """Every wait kept to the second, ever new addresses and codes."""
    ledger, now, guesses = CodeLedger(key="email:victim@aula.test"), START, 0
    by_day: list[int] = []
    while now - START < timedelta(days=30):
        try:
            ledger = ledger.tried("mail", f"address {guesses}", now, POLICY)
            assert ledger.failures < 100
            guesses += 1
            by_day.append((now - START).days)
            continue
        except TriesUsedUp as error:
            wait = seconds_until(error)
        except (CodeInvalid, CodeExpired):
            wait = timedelta(0)
        try:
            ledger = ledger.sent("mail", f"challenge {now}", now, POLICY)
        except SentTooOften as error:
            wait = max(wait, seconds_until(error))
        now += wait
    assert by_day.count(0) < 35
    assert guesses < 150


def test_a_strangers_guesses_leave_the_owner_their_five_tries() -> None:
    ledger = CodeLedger(key="email:owner@aula.test").sent("mail", "one", START, POLICY)
    for _ in range(5):
        ledger = ledger.tried("mail", "stranger", START, POLICY)
    with pytest.raises(TriesUsedUp):
        ledger.tried("mail", "stranger", START, POLICY)
    ledger = ledger.tried("mail", "owner", START, POLICY)
    assert ledger.solved("mail", "one").failures == 0
