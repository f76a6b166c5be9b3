"""The rules of one-time codes. Plain values, no clock of their own, no database."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shared.errors import InternalError, TooManyRequests, ValidationFailed
from shared.languages import Language, Text

Purpose = Literal["sms", "short_mail", "mail"]


class CodeInvalid(ValidationFailed):
    code = "otp_invalid"
    text = Text(
        en="The code is not correct",
        tr="Kod doğru değil",
        es="El código no es correcto",
        de="Der Code ist nicht richtig",
    )


class CodeExpired(ValidationFailed):
    code = "otp_expired"
    text = Text(
        en="The code has expired; ask for a new one",
        tr="Kodun süresi doldu; yeni bir kod isteyin",
        es="El código ha caducado; solicita uno nuevo",
        de="Der Code ist abgelaufen; fordern Sie einen neuen an",
    )


class TriesUsedUp(TooManyRequests):
    code = "otp_tries_used_up"
    text = Text(
        en="Too many wrong codes were entered",
        tr="Çok fazla yanlış kod girildi",
        es="Se introdujeron demasiados códigos incorrectos",
        de="Es wurden zu viele falsche Codes eingegeben",
    )


class SentTooOften(TooManyRequests):
    code = "otp_sent_too_often"
    text = Text(
        en="A code was sent already; wait before asking again",
        tr="Zaten bir kod gönderildi; yeniden istemeden önce bekleyin",
        es="Ya se envió un código; espera antes de pedir otro",
        de="Es wurde bereits ein Code gesendet; warten Sie, bevor Sie einen neuen anfordern",
    )


class EmailNotSent(InternalError):
    """The documented answer of `send-otp-email`: its text stands in place of the general one."""

    code = "email_not_sent"
    text = Text(
        en="The email could not be sent",
        tr="Email gönderilirken hata oluştu",
        es="No se pudo enviar el correo",
        de="Die E-Mail konnte nicht gesendet werden",
    )

    def lines(self, language: Language) -> list[str]:
        return [self.text.in_(language)]


class CodePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of the contract, section 2."""

    life: timedelta = timedelta(minutes=5)
    tries_per_address: int = 5
    tries_per_code: int = 20
    resend_after: timedelta = timedelta(seconds=60)
    sends_per_hour: int = 5
    sends_per_day: int = 10
    # Failures in a row, over all codes of an identifier.
    failures_unslowed: int = 20
    failures_never: int = 100
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=6)
    # Not a day: then stopping short of the long waits would buy thirty guesses every day.
    failures_forgotten_after: timedelta = timedelta(days=7)


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """One code. The code itself is not here: it is derived from `id` and a key when needed."""

    id: str
    expires_at: datetime
    tries: int = 0
    tries_by: dict[str, int] = {}

    def lives(self, now: datetime, policy: CodePolicy) -> bool:
        return now < self.expires_at and self.tries < policy.tries_per_code


class CodeLedger(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of the codes of one identifier (email address or phone number)."""

    key: str
    sends: tuple[datetime, ...] = ()
    failures: int = 0
    failed_at: datetime | None = None
    challenges: dict[Purpose, Challenge] = {}

    def sent(
        self, purpose: Purpose, fresh_id: str, now: datetime, policy: CodePolicy
    ) -> "CodeLedger":
        """After one more code was sent: the living one again, else a new one called `fresh_id`.

        Raises SentTooOften.
        """
        recent = tuple(sent for sent in self.sends if sent > now - timedelta(days=1))
        self._refuse_too_many(recent, now, policy)
        challenge = self.challenges.get(purpose)
        if challenge is None or not challenge.lives(now, policy):
            challenge = Challenge(id=fresh_id, expires_at=now + policy.life)
        return msgspec.structs.replace(
            self, sends=(*recent, now), challenges={**self.challenges, purpose: challenge}
        )

    def tried(
        self, purpose: Purpose, address: str, now: datetime, policy: CodePolicy
    ) -> "CodeLedger":
        """With one more try counted, as failed; only then may the code be compared.

        Raises CodeInvalid (there is none), CodeExpired, TriesUsedUp.
        """
        failures = self._failures(now, policy)
        if failures >= policy.failures_unslowed and self.failed_at:
            wait = self.failed_at + self._pause(failures, policy) - now
            if wait > timedelta(0):
                raise TriesUsedUp(wait.total_seconds())
        challenge = self.challenges.get(purpose)
        if challenge is None:
            raise CodeInvalid
        left = (challenge.expires_at - now).total_seconds()
        if left <= 0:
            raise CodeExpired
        tries_here = challenge.tries_by.get(address, 0)
        if tries_here >= policy.tries_per_address or challenge.tries >= policy.tries_per_code:
            raise TriesUsedUp(left)
        counted = msgspec.structs.replace(
            challenge,
            tries=challenge.tries + 1,
            tries_by={**challenge.tries_by, address: tries_here + 1},
        )
        return msgspec.structs.replace(
            self,
            failures=failures + 1,
            failed_at=now,
            challenges={**self.challenges, purpose: counted},
        )

    def solved(self, purpose: Purpose, challenge_id: str) -> "CodeLedger":
        """After the right code: used up, and the failures forgotten.

        Raises CodeInvalid if somebody else used it meanwhile.
        """
        challenge = self.challenges.get(purpose)
        if challenge is None or challenge.id != challenge_id:
            raise CodeInvalid
        rest = {name: other for name, other in self.challenges.items() if name != purpose}
        return msgspec.structs.replace(self, failures=0, failed_at=None, challenges=rest)

    def _refuse_too_many(
        self, recent: tuple[datetime, ...], now: datetime, policy: CodePolicy
    ) -> None:
        hour = tuple(sent for sent in recent if sent > now - timedelta(hours=1))
        waits = []
        if recent:
            waits.append(recent[-1] + policy.resend_after - now)
        if len(hour) >= policy.sends_per_hour:
            waits.append(hour[-policy.sends_per_hour] + timedelta(hours=1) - now)
        if len(recent) >= policy.sends_per_day:
            waits.append(recent[-policy.sends_per_day] + timedelta(days=1) - now)
        wait = max(waits, default=timedelta(0))
        if wait > timedelta(0):
            raise SentTooOften(wait.total_seconds())

    def _failures(self, now: datetime, policy: CodePolicy) -> int:
        forgotten = not self.failed_at or now - self.failed_at >= policy.failures_forgotten_after
        return 0 if forgotten else self.failures

    def _pause(self, failures: int, policy: CodePolicy) -> timedelta:
        if failures >= policy.failures_never - 1:
            return policy.failures_forgotten_after
        doublings = min(failures - policy.failures_unslowed, 30)
        return min(policy.first_wait * (1 << doublings), policy.longest_wait)
