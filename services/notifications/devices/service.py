"""What notifications does with devices: gets to know them, and forgets them."""

from datetime import datetime

from services.notifications.devices.domain import (
    MOST_DEVICES,
    Device,
    Registration,
    device_row,
)
from services.notifications.devices.repository import Devices, EndedSessions, Token
from services.notifications.people import Person
from shared.acquaintances import Acquaintances
from shared.clock import Clock
from shared.contracts.auth import SessionRevoked
from shared.errors import AuthenticationRequired
from shared.messaging import Outbox, Transaction
from shared.tokens import Principal


class DeviceService:
    def __init__(
        self,
        devices: Devices,
        ended: EndedSessions,
        people: Acquaintances[Person],
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._devices = devices
        self._ended = ended
        self._people = people
        self._outbox = outbox
        self._clock = clock

    async def register(self, principal: Principal, said: Registration) -> None:
        """The oldest of too many is forgotten. Raises AuthenticationRequired for somebody who is
        gone, and for a session that has ended."""
        user_id, session_id = principal.user_id, principal.session_id

        async def work(transaction: Transaction) -> None:
            session = transaction.session
            person = await self._people.meet(user_id, transaction)
            if person is None or await self._ended.has(session_id, session):
                raise AuthenticationRequired
            row_id = device_row(user_id, said.device_id)
            before = await self._devices.find(row_id, session)
            device = said.device(user_id, session_id, before, self._clock())
            await self._devices.save(device, session)
            others = [
                each for each in await self._devices.of(user_id, session) if each.id != row_id
            ]
            if beyond := [each.id for each in others[MOST_DEVICES - 1 :]]:
                await self._devices.remove(beyond, session)

        await self._outbox.commit(work)

    async def find(self, row_id: str) -> Device | None:
        return await self._devices.find(row_id)

    async def forget(self, user_id: str, token: str) -> None:
        """Does nothing where it is not, or no more, one of theirs."""

        async def work(transaction: Transaction) -> None:
            await self._devices.forget_token(user_id, token, transaction.session)

        await self._outbox.commit(work)

    async def forget_dead(
        self, row_id: str, token: Token, value: str, since: datetime | None
    ) -> None:
        """A token of which its provider says that it leads nowhere, `since` when if it says so:
        unless the device said after that that it is the one."""

        async def work(transaction: Transaction) -> None:
            await self._devices.forget_dead(row_id, token, value, since, transaction.session)

        await self._outbox.commit(work)

    async def session_ended(self, event: SessionRevoked, transaction: Transaction) -> None:
        """What was registered in it is forgotten: whoever takes the device next reads nothing."""
        if await self._people.meet(event.user_id, transaction) is None:
            return
        session = transaction.session
        await self._ended.add(event.session_id, self._clock(), session)
        await self._devices.remove_of_session(event.user_id, event.session_id, session)
