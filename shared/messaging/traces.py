"""Erasing events: from this service's outbox, from the streams, and from the dead letters."""

from collections.abc import Sequence

import nats.js.errors

from shared.messaging import dead_letters
from shared.messaging.broker import Broker
from shared.mongo import Collection, Database, Document

_AT_A_TIME = 200


class StillOnItsWay(Exception):
    """An event that is to be erased was not published yet: try again later."""


class Traces:
    """An outbox row knows by what it is to be found (`Event.traces`) and where NATS keeps copies of
    it, so nothing is searched; the dead letters are."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._rows: Collection = database["outbox"]
        self._broker = broker

    async def erase(self, traces: Sequence[str]) -> int:
        """Erase every event of this service with any of `traces`, and everybody's dead letters that
        mention one; how many there were. May be repeated.

        Raises StillOnItsWay, or BrokerAway.
        """
        return await self.erase_events(traces) + await self.erase_dead_letters(traces)

    async def erase_events(self, traces: Sequence[str]) -> int:
        """As `erase`, without the dead letters."""
        erased = 0
        while rows := await self._rows.find({"traces": {"$in": list(traces)}}).to_list(_AT_A_TIME):
            sent = [row for row in rows if row["state"] == "sent"]
            for row in sent:
                for copy in row.get("copies", ()):
                    await self._erase_copy(row["_id"], copy)
            await self._rows.delete_many({"_id": {"$in": [row["_id"] for row in sent]}})
            erased += len(sent)
            if len(sent) < len(rows):
                raise StillOnItsWay
        return erased

    async def _erase_copy(self, row_id: str, copy: Document) -> None:
        """Only if it is still the same message: a stream that was lost counts from 1 again."""
        if not await self._is_there(row_id, copy):
            return
        try:
            # Not merely left out from now on: NATS overwrites it.
            await self._broker.jetstream.delete_msg(copy["stream"], copy["sequence"])
        except nats.js.errors.APIError:
            if await self._is_there(row_id, copy):
                raise
            # Somebody else was sooner.

    async def _is_there(self, row_id: str, copy: Document) -> bool:
        """Not any more where its time is over, or somebody was here before."""
        try:
            message = await self._broker.jetstream.get_msg(copy["stream"], seq=copy["sequence"])
        except nats.js.errors.NotFoundError:
            return False
        return (message.headers or {}).get("ce-id") == row_id

    async def erase_dead_letters(self, traces: Sequence[str]) -> int:
        """As `erase`, without the events. Reads all letters there are."""
        erased = 0
        async for letter in dead_letters.letters(self._broker):
            if letter.mentions(traces):
                await dead_letters.remove(self._broker, letter)
                erased += 1
        return erased
