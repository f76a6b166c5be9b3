"""Leaving: `pending`, then `cancelled` or gone for good.

The state lies in the person's document, and whatever happens to it reads and writes that document
in one transaction: of two that happen at the same time one comes second, and sees it."""

from datetime import datetime, timedelta

from services.users.actors import Actors
from services.users.domain import Person
from services.users.finalization import Finalization, refuse_superadmins
from services.users.profiles import Profiles
from shared.audit import AuditLog
from shared.clock import timestamp
from shared.contracts.users import UserDeletionCancelled, UserDeletionRequested
from shared.errors import AuthenticationRequired, Conflict, InsufficientPermissions
from shared.ids import new_id
from shared.languages import Text
from shared.messaging import ACCOUNTS, Outbox, Transaction
from shared.mongo import ServerClock
from shared.pseudonyms import Pseudonyms
from shared.roles import outranks
from shared.tokens import Principal


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
        profiles: Profiles,
        actors: Actors,
        finalization: Finalization,
        pseudonyms: Pseudonyms,
        audit: AuditLog,
        outbox: Outbox,
        now: ServerClock,
        *,
        patience: timedelta,
        finalize_now: bool,
    ) -> None:
        """`patience`: how long a person can change their mind."""
        self._profiles = profiles
        self._actors = actors
        self._finalization = finalization
        self._pseudonyms = pseudonyms
        self._audit = audit
        self._outbox = outbox
        self._now = now
        self._patience = patience
        self._may_finalize_now = finalize_now

    async def state(self, principal: Principal) -> Person:
        """Raises AuthenticationRequired where they are gone."""
        return await self._profiles.of(principal)

    async def request(self, principal: Principal) -> Person:
        """Again while one is pending changes nothing. Raises SuperadminStays."""
        await self._profiles.of(principal)  # whose address must be known, for the last mail
        now = await self._now()

        async def work(transaction: Transaction) -> Person:
            known = await self._profiles.known(principal, transaction)
            person = known or Person.of_token(principal.user_id, principal.role)
            if person.is_leaving:
                return person
            refuse_superadmins(person)
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
        AccountDeletionFinalized, SuperadminStays."""
        if not self._may_finalize_now:
            raise FinalizeNowDisabled
        now = await self._now()

        async def work(transaction: Transaction) -> None:
            person = await self._still_there(principal, transaction)
            if person is None or not person.is_leaving:
                raise DeletionNotPending
            await self._finalization.carry_out(person, now, transaction)

        await self._outbox.commit(work)
        return now

    async def delete(self, principal: Principal, user_id: str) -> None:
        """An admin deletes somebody below their rank at once. Raises NotFound, OwnAccount,
        InsufficientPermissions."""
        now = await self._now()
        await self._profiles.heard_of(user_id)

        async def work(actor: Person, transaction: Transaction) -> None:
            if actor.id == user_id:
                raise OwnAccount
            person = await self._actors.target(actor, user_id, transaction)
            if not outranks(actor.account.role, person.account.role):
                raise InsufficientPermissions
            await self._finalization.carry_out(person, now, transaction)
            await self._audit.append(
                transaction.session, actor=actor.id, action="user.deleted", target=user_id
            )

        await self._actors.commit(principal, "admin", work)

    async def _still_there(self, principal: Principal, transaction: Transaction) -> Person | None:
        try:
            return await self._profiles.known(principal, transaction)
        except AuthenticationRequired:
            raise AccountDeletionFinalized from None
