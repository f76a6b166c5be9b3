"""What an answer of a mail server means for the mail, or what none means.

It is judged by its numbers alone. Its words may quote the mail, so they go nowhere, not even into
a log.
"""

import re
import ssl

import aiosmtplib

from services.notifications.senders.domain import Refused, Result, TryAgain, Unknown
from shared import logs

log = logs.get("smtp")

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: of "bad address" those about the recipient (5.1.7 and 5.1.8 are about the sender).
_DEAD_DETAILS = frozenset({"0", "1", "2", "3", "6", "10"})
_DEAD_CODES = frozenset({550, 551, 553})
_MISCONFIGURED = frozenset({530, 534, 535, 538})  # they want a log-in, TLS, another password
# The library's words for "no STARTTLS", "no AUTH", and Python's for a certificate it cannot trust.
_MISMATCHES = (aiosmtplib.SMTPNotSupported, aiosmtplib.SMTPException, ssl.SSLCertVerificationError)


class Attempt:
    """How far one attempt has come."""

    def __init__(self) -> None:
        self.step = "connect"
        self.handed_over = False


def verdict(attempt: Attempt, code: int, words: str) -> Result:
    """What an answer other than yes means."""
    reason = f"smtp {code} {attempt.step}"
    if not 400 <= code < 600:
        return Unknown(reason) if attempt.handed_over else TryAgain(reason)
    if code < 500:
        return TryAgain(reason)
    if attempt.step == "connect" or code in _MISCONFIGURED:
        # Not about this mail: somebody must put the settings or the server right.
        log.error("the mail server does not accept us", reason=reason)
        return TryAgain(reason)
    return Refused(reason, dead_address=attempt.step == "rcpt" and _is_dead(code, words))


def _is_dead(code: int, words: str) -> bool:
    """The address does not exist: the enhanced status says so or, without one, the code."""
    status = _ENHANCED.match(words)
    if status is None:
        return code in _DEAD_CODES
    return status[1] == "5" and status[2] == "1" and status[3] in _DEAD_DETAILS


def no_answer(attempt: Attempt, error: Exception) -> Result:
    kind = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
    reason = f"{kind} {attempt.step}"
    if attempt.handed_over:
        # It may have been taken. Sending again would be sending twice, so it is left at that.
        return Unknown(reason)
    if type(error) in _MISMATCHES:
        log.error("the mail server lacks what the settings demand", reason=reason)
    return TryAgain(reason)
