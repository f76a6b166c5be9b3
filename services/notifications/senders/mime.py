"""A message as RFC 5322 wants it."""

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import msgspec

from services.notifications.senders.domain import Message
from shared.plain_text import one_line
from shared.settings import SettingsError

# Narrower than RFC 5322, which allows quotes, comments and lists: none of that is an account here.
_ADDRESS = re.compile(r"""([^\s\x00-\x1f\x7f<>()\[\],;:\\"@]+)@([A-Za-z0-9.-]+)""")
# 7 bit: every server on the way takes that.
_POLICY = policy.SMTP.clone(cte_type="7bit")


class Letter(msgspec.Struct, frozen=True):
    """`content` for DATA. `international`: only a server with SMTPUTF8 can take it (RFC 6531)."""

    sender: str
    recipient: str
    content: bytes
    international: bool


class From(msgspec.Struct, frozen=True):
    name: str
    address: str

    @classmethod
    def parsed(cls, value: str) -> "From":
        """Raises SettingsError unless `value` is `Name <address>` or an ASCII address."""
        name, address = parseaddr(value)
        local, _, domain = address.rpartition("@")
        if not local or not domain or not address.isascii() or any(c.isspace() for c in address):
            raise SettingsError(f"AULA_MAIL_FROM: {value!r} is not like `Name <no-reply@domain>`.")
        return cls(name, address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def letter(message: Message, sender: From, now: datetime) -> Letter:
    """Raises ValueError for a recipient that is no address, such as one with a line break."""
    recipient = _ADDRESS.fullmatch(message.to)
    if recipient is None:
        raise ValueError("not an address")
    international = not message.to.isascii()
    mail = EmailMessage(_POLICY.clone(utf8=True) if international else _POLICY)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(username=recipient[1], domain=recipient[2])
    # Titles come from people: what they pasted may hold what ends a line (U+2028, for one).
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(now)
    # The same for each attempt, so that a mailbox can drop a repeat.
    mail["Message-ID"] = _message_id(message.id, sender)
    if message.thread:
        before = [_message_id(each, sender) for each in message.thread]
        mail["In-Reply-To"] = before[-1]
        mail["References"] = " ".join(before)
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    if message.is_automatic:
        # No holiday notes in answer. And no List-Unsubscribe: nobody can unsubscribe from the codes
        # that they ask for themselves, and a mail provider's button must not pretend it.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    return Letter(sender.address, message.to, mail.as_bytes(), international)


def _message_id(delivery_id: str, sender: From) -> str:
    return f"<{delivery_id}@{sender.domain}>"
