"""Leaving: `pending`, then `cancelled` or gone for good.

The state lies in the person's document, and whatever happens to it reads and writes that document
in one transaction: of two that happen at the same time one comes second, and sees it."""

import asyncio
import random
from datetime import datetime, timedelta

from services.users.actors import Actors
from services.users.domain import Person
from services.users.erasures.service import ErasureService
from services.users.leavers import Leavers
from services.users.profiles import Profiles
from services.users.repository import People
from shared import logs
from shared.clock import timestamp
from shared.contracts.users import UserDeletionCancelled, UserDeletionRequested
from shared.errors import AuthenticationRequired, Conflict, InsufficientPermissions
from shared.ids import new_id
from shared.languages import Text
from shared.messaging import ACCOUNTS, Transaction
from shared.mongo import ServerClock, is_outage
from shared.node import Node
from shared.tokens import Principal

log = logs.get("deletions")

_LOOK_EVERY = 2.0  # seconds
_AT_A_TIME = 100


class DeletionNotPending(Conflict):
    code = "deletion_not_pending"
    text = Text(
        en="No deletion of this account is pending",
        tr="Bu hesap için bekleyen bir silme işlemi yok",
        es="No hay ninguna eliminación de esta cuenta pendiente",
        de="Für dieses Konto steht keine Löschung aus",
    )


class AccountDeletionFinalized(Conflict):
    code = "account_deletion_finalized"
    text = Text(
        en="The account has been deleted for good",
        tr="Hesap kalıcı olarak silindi",
        es="La cuenta se ha eliminado definitivamente",
        de="Das Konto wurde endgültig gelöscht",
    )


class FinalizeNowDisabled(InsufficientPermissions):
    code = "finalize_now_disabled"
    text = Text(
        en="Accounts cannot be deleted at once here; the deletion happens on its date",
        tr="Hesaplar burada hemen silinemez; silme işlemi tarihinde yapılır",
        es="Aquí las cuentas no se pueden eliminar al momento; se eliminan en su fecha",
        de="Konten können hier nicht sofort gelöscht werden; es geschieht zum Termin",
    )


class LastSuperadmin(Conflict):
    code = "last_superadmin"
    text = Text(
        en="The last superadmin cannot leave: make somebody else one first",
        tr="Son süper yönetici ayrılamaz: önce başka birini süper yönetici yapın",
        es="El último superadministrador no puede irse: nombra antes a otro",
        de="Der letzte Superadmin kann nicht gehen: zuerst muss es ein anderer werden",
    )


class OwnAccount(Conflict):
    code = "own_account"
    text = Text(
        en="One's own account is deleted in one's own settings",
        tr="Kendi hesabınızı kendi ayarlarınızdan silebilirsiniz",
        es="La propia cuenta se elimina desde los propios ajustes",
        de="Das eigene Konto wird in den eigenen Einstellungen gelöscht",
    )


class DeletionService:
    def __init__(
        self,
        people: People,
        leavers: Leavers,
        profiles: Profiles,
        actors: Actors,
        erasures: ErasureService,
        node: Node,
        now: ServerClock,
        *,
        patience: timedelta,
        finalize_now: bool,
    ) -> None:
        """`patience`: how long a person can change their mind."""
        self._people = people
        self._leavers = leavers
        self._profiles = profiles
        self._actors = actors
        self._erasures = erasures
        self._tombstones = node.tombstones
        self._pseudonyms = node.pseudonyms
        self._audit = node.audit
        self._outbox = node.outbox
        self._now = now
        self._patience = patience
        self._may_finalize_now = finalize_now
        self._waiting: set[str] = set()  # said once, not at each look

    async def state(self, principal: Principal) -> Person:
        """Raises AuthenticationRequired where they are gone."""
        return await self._profiles.of(principal)

    async def request(self, principal: Principal) -> Person:
        """Again while one is pending changes nothing. Raises LastSuperadmin."""
        await self._profiles.of(principal)  # whose address must be known, for the last mail
        now = await self._now()

        async def work(transaction: Transaction) -> Person:
            known = await self._profiles.known(principal, transaction)
            person = known or Person.of_token(principal.user_id, principal.role)
            if person.is_leaving:
                return person
            await self._require_another_superadmin(person, transaction)
            deletion_id = new_id()
            person = person.leaving(deletion_id, now, now + self._patience)
            await self._profiles.save(person, transaction, before=known)
            transaction.put(
                ACCOUNTS.name, f"leaving.{deletion_id}", self._pseudonyms.of(person.id).encode()
            )
            transaction.record(
                UserDeletionRequested(
                    user_id=person.id,
                    deletion_id=deletion_id,
                    requested_at=timestamp(now),
                    scheduled_for=timestamp(now + self._patience),
                )
            )
            return person

        return await self._outbox.commit(work)

    async def cancel(self, principal: Principal) -> Person:
        """Again changes nothing. Raises DeletionNotPending, AccountDeletionFinalized."""
        now = await self._now()

        async def work(transaction: Transaction) -> Person:
            known = await self._still_there(principal, transaction)
            if known and known.profile.account_deletion_status == "cancelled":
                return known
            if known is None or not known.is_leaving or known.deletion_id is None:
                raise DeletionNotPending
            person = known.staying(now)
            await self._profiles.save(person, transaction, before=known)
            transaction.put(ACCOUNTS.name, f"stays.{known.deletion_id}", b"")
            transaction.record(
                UserDeletionCancelled(
                    user_id=person.id,
                    deletion_id=known.deletion_id,
                    cancelled_at=timestamp(now),
                )
            )
            return person

        return await self._outbox.commit(work)

    async def finalize_now(self, principal: Principal) -> datetime:
        """When it was done. Raises FinalizeNowDisabled, DeletionNotPending,
        AccountDeletionFinalized, LastSuperadmin."""
        if not self._may_finalize_now:
            raise FinalizeNowDisabled
        now = await self._now()

        async def work(transaction: Transaction) -> None:
            person = await self._still_there(principal, transaction)
            if person is None or not person.is_leaving:
                raise DeletionNotPending
            await self._finalize(person, now, transaction)

        await self._outbox.commit(work)
        return now

    async def delete(self, principal: Principal, user_id: str) -> None:
        """An admin deletes somebody at once. Raises NotFound, OwnAccount, LastSuperadmin, and
        InsufficientPermissions where the rank forbids it."""
        now = await self._now()

        async def work(actor: Person, transaction: Transaction) -> None:
            if actor.id == user_id:
                raise OwnAccount
            person = await self._actors.target(actor, user_id, transaction)
            await self._finalize(person, now, transaction)
            await self._audit.append(
                transaction.session, actor=actor.id, action="user.deleted", target=user_id
            )

        await self._actors.commit(principal, "admin", work)

    async def run(self) -> None:
        """Finalize what is due, for ever. Every replica does; who comes second finds nothing."""
        while True:
            try:
                await self.finalize_due()
            except Exception as error:  # the sweeper must outlive whatever is away
                if not is_outage(error):
                    log.exception("finalizing due deletions failed")
            await asyncio.sleep(_LOOK_EVERY)

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
            await self._finalize(person, now, transaction)
            return True

        try:
            return await self._outbox.commit(work)
        except LastSuperadmin:
            self._wait_for_another(self._pseudonyms.of(user_id))
        except Exception as error:
            if is_outage(error):
                raise
            # One who cannot go must not hold up the others.
            log.exception("not finalized", user=self._pseudonyms.of(user_id))
        return False

    def _wait_for_another(self, superadmin: str) -> None:
        if superadmin not in self._waiting:
            self._waiting.add(superadmin)
            log.warning("the last superadmin cannot leave", user=superadmin)

    async def _finalize(self, person: Person, now: datetime, transaction: Transaction) -> None:
        await self._require_another_superadmin(person, transaction)
        await self._people.remove(person, transaction.session)
        await self._tombstones.put(person.id, transaction.session, {"profile": 1})
        await self._erasures.begin(person, now, transaction)
        transaction.put(ACCOUNTS.name, f"gone.{self._pseudonyms.of(person.id)}", b"")

    async def _still_there(self, principal: Principal, transaction: Transaction) -> Person | None:
        try:
            return await self._profiles.known(principal, transaction)
        except AuthenticationRequired:
            raise AccountDeletionFinalized from None

    async def _require_another_superadmin(self, person: Person, transaction: Transaction) -> None:
        if person.account.role != "superadmin":
            return
        if not await self._leavers.superadmin_stays_besides(person.id, transaction.session):
            raise LastSuperadmin
