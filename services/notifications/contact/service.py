"""What happens to contacts: people write, admins look after what they wrote."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from services.notifications.contact.domain import Answered, Contact, Reply, Status
from services.notifications.contact.letters import Letters
from services.notifications.contact.limits import Ledgers
from services.notifications.contact.repository import Contacts, Replier, Repliers
from services.notifications.contact.suspicion import is_suspect
from services.notifications.people import Person
from shared import languages
from shared.acquaintances import Acquaintances
from shared.addresses import is_loopback
from shared.audit import AuditLog
from shared.clock import Clock, timestamp
from shared.contracts.notifications import ContactReceived, ContactReplied
from shared.errors import AuthenticationRequired, NotFound
from shared.ids import new_id
from shared.messaging import Outbox, Transaction
from shared.mongo import Session
from shared.pseudonyms import Pseudonyms
from shared.races import until_first
from shared.tokens import Principal

T = TypeVar("T")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sends. `email`: canonical. `website`: nothing, if they are a person."""

    full_name: str
    email: str
    phone: str | None
    message: str
    source: str | None
    website: str


class ContactService:
    def __init__(
        self,
        contacts: Contacts,
        repliers: Repliers,
        ledgers: Ledgers,
        letters: Letters,
        people: Acquaintances[Person],
        pseudonyms: Pseudonyms,
        audit: AuditLog,
        outbox: Outbox,
        clock: Clock,
        *,
        most_thanks: int,
        school: str,
        exempt_loopback: bool,
    ) -> None:
        """`most_thanks`: acknowledgements a day. `school`: the address that hears of each message,
        if any."""
        self._contacts = contacts
        self._repliers = repliers
        self._ledgers = ledgers
        self._letters = letters
        self._people = people
        self._pseudonyms = pseudonyms
        self._audit = audit
        self._outbox = outbox
        self._clock = clock
        self._most_thanks = most_thanks
        self._school = school
        self._exempt_loopback = exempt_loopback

    async def write(self, written: Written, visitor: Principal | None, client: str) -> Contact:
        """What of somebody is suspect is kept, closed and without mails, and answered like all
        else. Raises WroteTooOften."""

        async def work(transaction: Transaction) -> Contact:
            language = await self._language(visitor, transaction)
            await self._count(written.email, client, transaction.session)
            contact = _contact(written, visitor, language, self._clock())
            is_thanked = not contact.suspect and await self._ledgers.may_thank(
                contact.email, self._most_thanks, contact.created_at, transaction.session
            )
            contact = msgspec.structs.replace(contact, acknowledged=is_thanked)
            await self._contacts.save(contact, transaction.session, before=None)
            if is_thanked:
                await self._letters.thank(contact, transaction)
            if not contact.suspect:
                await self._tell(contact, transaction)
            return contact

        # A ledger that is begun by two at once.
        return await until_first(lambda: self._outbox.commit(work))

    async def reply(
        self, principal: Principal, contact_id: str, message: str, subject: str | None
    ) -> Answered:
        """`subject`: None for the usual one. Raises NotFound, AnsweredTooOften."""

        async def change(before: Contact, transaction: Transaction) -> Answered:
            await self._meet(principal, transaction)
            now = self._clock()
            reply = Reply(id=new_id(), message=message, subject=subject, at=now)
            contact = before.replied(reply)
            replier = Replier(id=reply.id, contact_id=contact.id, user_id=principal.user_id)
            await self._repliers.add(replier, transaction.session)
            await self._save(contact, before, transaction)
            await self._letters.reply(before, reply, transaction)
            replied = ContactReplied(
                contact_id=contact.id,
                senders=self._senders(contact),
                replies=len(contact.replies),
                replied_at=timestamp(now),
            )
            transaction.record(replied)
            await self._note(principal, "replied", contact, ["reply", "status"], transaction)
            return Answered(contact, principal.user_id)

        return await self._change(contact_id, change)

    async def move(self, principal: Principal, contact_id: str, status: Status) -> Answered:
        """Raises NotFound."""

        async def change(before: Contact, transaction: Transaction) -> Answered:
            contact = before.moved(status)
            if contact != before:
                await self._save(contact, before, transaction)
                await self._note(principal, "moved", contact, ["status"], transaction)
            return (await self._repliers.answered([contact], transaction.session))[0]

        return await self._change(contact_id, change)

    async def delete(self, principal: Principal, contact_id: str) -> None:
        """A reply under way is sent all the same: it was said. Raises NotFound."""

        async def change(contact: Contact, transaction: Transaction) -> None:
            session = transaction.session
            await self._contacts.remove(contact, session)
            await self._repliers.remove([reply.id for reply in contact.replies], session)
            await self._note(principal, "deleted", contact, [], transaction)

        await self._change(contact_id, change)

    async def _language(
        self, visitor: Principal | None, transaction: Transaction
    ) -> languages.Language:
        person = await self._meet(visitor, transaction) if visitor else None
        return languages.asked() or (person.speaks if person else languages.DEFAULT)

    async def _meet(self, principal: Principal, transaction: Transaction) -> Person:
        """So that what is written now goes with them."""
        person = await self._people.meet(principal.user_id, transaction)
        if person is None:
            raise AuthenticationRequired
        return person

    async def _count(self, email: str, client: str, session: Session) -> None:
        now = self._clock()
        await self._ledgers.count_address(email, now, session)
        if not (self._exempt_loopback and is_loopback(client)):
            await self._ledgers.count_client(client, now, session)

    async def _change(
        self, contact_id: str, change: Callable[[Contact, Transaction], Awaitable[T]]
    ) -> T:
        async def work(transaction: Transaction) -> T:
            contact = await self._contacts.find(contact_id, transaction.session)
            if contact is None:
                raise NotFound
            return await change(contact, transaction)

        return await self._outbox.commit(work)

    async def _save(self, contact: Contact, before: Contact, transaction: Transaction) -> None:
        await self._contacts.save(contact, transaction.session, before=before)
        if before.suspect and not contact.suspect:
            await self._tell(contact, transaction)

    async def _tell(self, contact: Contact, transaction: Transaction) -> None:
        session = transaction.session
        if self._school and await self._ledgers.may_tell(self._clock(), session):
            await self._letters.tell(contact, self._school, transaction)
        transaction.record(
            ContactReceived(
                contact_id=contact.id,
                senders=self._senders(contact),
                language=contact.language,
                received_at=timestamp(contact.created_at),
            )
        )

    def _senders(self, contact: Contact) -> tuple[str, ...]:
        known = [contact.email, *([contact.user_id] if contact.user_id else [])]
        return tuple(map(self._pseudonyms.of, known))

    async def _note(
        self,
        principal: Principal,
        deed: str,
        contact: Contact,
        members: Sequence[str],
        transaction: Transaction,
    ) -> None:
        await self._audit.append(
            transaction.session,
            actor=principal.user_id,
            action=f"contact.{deed}",
            target=contact.id,
            members=members,
        )


def _contact(
    written: Written, visitor: Principal | None, language: languages.Language, now: datetime
) -> Contact:
    # Who is signed in has proved an address or a number: they are a person.
    suspect = visitor is None and is_suspect(written.full_name, written.message, written.website)
    return Contact(
        id=new_id(),
        full_name=written.full_name,
        email=written.email,
        phone=written.phone,
        message=written.message,
        source=written.source,
        language=language,
        status="CLOSED" if suspect else "PENDING",
        suspect=suspect,
        user_id=visitor.user_id if visitor else None,
        created_at=now,
    )
