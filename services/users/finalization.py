"""The end of an account: its person is removed, and their erasure everywhere begins."""

import random
from datetime import datetime

from services.users.domain import Person
from services.users.erasures.service import ErasureService
from services.users.leavers import Leavers
from services.users.repository import People
from shared import logs
from shared.errors import Conflict
from shared.languages import Text
from shared.messaging import ACCOUNTS, Outbox, Transaction
from shared.mongo import ServerClock, is_outage
from shared.pseudonyms import Pseudonyms
from shared.sweeping import sweeping
from shared.tombstones import Tombstones

log = logs.get("deletions")

_LOOK_EVERY = 2.0  # seconds
_AT_A_TIME = 100


class SuperadminStays(Conflict):
    """Only auth takes a superadmin's role away, and it never takes the last one's: so there is
    always one, whatever happens here and there at the same moment."""

    code = "superadmin_stays"
    text = Text(
        en="A superadmin cannot leave; another superadmin has to change their role first",
        tr="Bir süper yönetici ayrılamaz; önce başka bir süper yönetici rolünü değiştirmelidir",
        es="Un superadministrador no puede irse; antes otro debe cambiar su rol",
        de="Ein Superadmin kann nicht gehen; zuerst muss ein anderer die Rolle ändern",
    )


class Finalization:
    def __init__(
        self,
        people: People,
        erasures: ErasureService,
        tombstones: Tombstones,
        pseudonyms: Pseudonyms,
    ) -> None:
        self._people = people
        self._erasures = erasures
        self._tombstones = tombstones
        self._pseudonyms = pseudonyms

    async def carry_out(self, person: Person, now: datetime, transaction: Transaction) -> None:
        """In the transaction that read the person. Raises SuperadminStays."""
        refuse_superadmins(person)
        await self._people.remove(person, transaction.session)
        await self._tombstones.put(person.id, transaction.session, {"profile": 1})
        await self._erasures.begin(person, now, transaction)
        transaction.put(ACCOUNTS.name, f"gone.{self._pseudonyms.of(person.id)}", b"")


def refuse_superadmins(person: Person) -> None:
    """Raises SuperadminStays."""
    if person.account.role == "superadmin":
        raise SuperadminStays


class Scheduler:
    """Finalizes the deletions whose date has come."""

    def __init__(
        self,
        people: People,
        leavers: Leavers,
        finalization: Finalization,
        pseudonyms: Pseudonyms,
        outbox: Outbox,
        now: ServerClock,
    ) -> None:
        self._people = people
        self._leavers = leavers
        self._finalization = finalization
        self._pseudonyms = pseudonyms
        self._outbox = outbox
        self._now = now
        self._waiting: set[str] = set()  # said once, not at each look

    async def run(self) -> None:
        """Finalize what is due, for ever. Every replica does; who comes second finds nothing."""
        await sweeping(self.finalize_due, every=_LOOK_EVERY, what="deletions that are due")

    async def finalize_due(self) -> None:
        now = await self._now()
        while due := await self._leavers.due(now, _AT_A_TIME):
            random.shuffle(due)  # or all replicas would meet at each
            done = [await self._finalize_one(user_id, now) for user_id in due]
            if not any(done):
                return  # others are at it, or what is left cannot be done

    async def _finalize_one(self, user_id: str, now: datetime) -> bool:
        async def work(transaction: Transaction) -> bool:
            person = await self._people.find(user_id, transaction.session)
            if person is None or not person.is_due(now):
                return False
            await self._finalization.carry_out(person, now, transaction)
            return True

        try:
            return await self._outbox.commit(work)
        except SuperadminStays:  # made one since they asked
            self._wait_for_another_role(self._pseudonyms.of(user_id))
        except Exception as error:
            if is_outage(error):
                raise
            # One who cannot go must not hold up the others.
            log.exception("not finalized", user=self._pseudonyms.of(user_id))
        return False

    def _wait_for_another_role(self, superadmin: str) -> None:
        if superadmin not in self._waiting:
            self._waiting.add(superadmin)
            log.warning("a superadmin cannot leave", user=superadmin)
