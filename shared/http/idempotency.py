"""`Idempotency-Key`: a POST that was already answered is answered the same, and done once: that it
is done is noted in the transaction that does it.

The stored answer is sealed with a key made from the client's own header value, of which only a
hash is stored: a code or a name in an answer lies readable nowhere.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from litestar import Request

from shared.clock import utc_now
from shared.errors import AulaError, Conflict, InvalidFields
from shared.http.asgi import send_json
from shared.http.uploads import Fingerprint, multipart_of
from shared.ids import new_id
from shared.languages import Text
from shared.messaging.outbox import marking
from shared.mongo import (
    Collection,
    Document,
    DuplicateKeyError,
    IndexModel,
    PyMongoError,
    Session,
)
from shared.seal import Seal

_REMEMBERED = timedelta(hours=24)
_LOST = 60.0  # seconds without a word of it: then a request that was not answered is lost
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_KEY = 255


class KeyReused(AulaError):
    status = 422
    code = "idempotency_key_reused"
    text = Text(
        en="This Idempotency-Key was used with another request",
        tr="Bu Idempotency-Key başka bir istekle kullanıldı",
        es="Esta Idempotency-Key ya se usó con otra solicitud",
        de="Dieser Idempotency-Key wurde bereits für eine andere Anfrage verwendet",
    )


class StillRunning(Conflict):
    code = "idempotency_key_in_use"
    text = Text(
        en="The first request with this Idempotency-Key is still running",
        tr="Bu Idempotency-Key ile yapılan ilk istek hâlâ sürüyor",
        es="La primera solicitud con esta Idempotency-Key aún está en curso",
        de="Die erste Anfrage mit diesem Idempotency-Key läuft noch",
    )


_BAD_KEY = Text(
    en="must be 1 to 255 printable ASCII characters",
    tr="1 ile 255 arası yazdırılabilir ASCII karakterden oluşmalıdır",
    es="debe tener de 1 a 255 caracteres ASCII imprimibles",
    de="muss aus 1 bis 255 druckbaren ASCII-Zeichen bestehen",
)


class Unanswered(Conflict):
    code = "idempotency_answer_lost"
    text = Text(
        en="This was done, but its answer was lost: look at what is there before sending it anew",
        tr="Bu işlem yapıldı ancak yanıtı kayboldu: yeniden göndermeden önce mevcut duruma bakın",
        es="Esto se hizo, pero la respuesta se perdió: mire lo que hay antes de enviarlo de nuevo",
        de="Dies wurde getan, aber die Antwort ging verloren: Sehen Sie nach, was da ist, bevor Sie"
        " es erneut senden",
    )


class Known(NamedTuple):
    """A request that was answered: its hash, and the sealed answer."""

    request: str
    answer: str


class Attempt:
    """The request that has an entry in hand, until it ends or is taken for lost."""

    def __init__(self, entries: Collection, entry: str) -> None:
        self._entries = entries
        self.entry = entry
        self.id = new_id()
        self._mine: Document = {"_id": entry, "by": self.id}
        self._ended = False

    async def renew(self) -> None:
        """For ever: the request is still running."""
        while True:
            await asyncio.sleep(_LOST / 3)
            with suppress(PyMongoError):  # the next time may do
                now = {"$set": {"started_at": utc_now()}}
                await self._entries.update_one({**self._mine, "answer": None}, now)

    async def mark(self, session: Session) -> None:
        """In the transaction of what the request is there for: it is done if that commits.
        Raises StillRunning where another has taken the entry over: it does nothing then."""
        if self._ended:  # what the request had started goes on, and is no part of it
            return
        done = {"$set": {"done": True}}
        marked = await self._entries.update_one(self._mine, done, session=session)
        if not marked.matched_count:
            raise StillRunning

    async def finish(self, request: str, answer: str) -> None:
        self._ended = True
        await self._entries.update_one(self._mine, {"$set": {"request": request, "answer": answer}})

    async def give_up(self) -> None:
        """There is no answer to keep. What was not done may be asked for again at once."""
        self._ended = True
        gone = await self._entries.delete_one({**self._mine, "done": {"$ne": True}})
        if not gone.deleted_count:
            await self._entries.update_one(self._mine, {"$set": {"started_at": _LONG_AGO}})


class IdempotencyKeys:
    """The answers given so far, by caller, route and key."""

    INDEXES: ClassVar = [IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0)]

    def __init__(self, collection: Collection) -> None:
        self._entries = collection

    async def begin(self, entry: str, request: str | None) -> "Known | Attempt":
        """Reserve `entry` for a request with this hash (None: it shows later); or what is known of
        the first one, which was answered.

        Raises KeyReused if the entry belongs to another request, StillRunning if its first
        request has not ended, Unanswered if that did what it was for and did not say so.
        """
        now, attempt = utc_now(), Attempt(self._entries, entry)
        try:
            await self._entries.insert_one(
                {
                    "_id": entry,
                    "by": attempt.id,
                    "request": request,
                    "started_at": now,
                    "done": False,
                    "answer": None,
                    "expires_at": now + _REMEMBERED,
                }
            )
            return attempt
        except DuplicateKeyError:
            pass
        known = await self._entries.find_one({"_id": entry})
        if known is None:
            return await self.begin(entry, request)
        if request is not None and known["request"] != request:
            raise KeyReused
        if known["answer"] is not None:
            return Known(known["request"], known["answer"])
        lost = {"_id": entry, "answer": None, "started_at": {"$lt": now - timedelta(seconds=_LOST)}}
        taken = await self._entries.update_one(
            {**lost, "done": {"$ne": True}}, {"$set": {"started_at": now, "by": attempt.id}}
        )
        if taken.modified_count:
            return attempt
        raise Unanswered if await self._entries.find_one({**lost, "done": True}) else StillRunning


class Idempotent:
    """ASGI middleware around routes marked `opt={"idempotent": True}`."""

    def __init__(self, app: Any, keys: IdempotencyKeys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        key = Request[Any, Any, Any](scope).headers.get("idempotency-key")
        if key is None or not scope["route_handler"].opt.get("idempotent"):
            await self._app(scope, receive, send)
            return
        if not 0 < len(key) <= _MAX_KEY or not key.isascii() or not key.isprintable():
            raise InvalidFields({"Idempotency-Key": _BAD_KEY})
        state = scope["state"]
        caller = state["principal"].user_id if state["principal"] else state["client"]
        entry = _hash("entry", caller, scope["path"], key)
        seal = Seal(_hash("seal", caller, key))
        request = _Asked(scope, receive)
        known = await self._keys.begin(entry, request.hash)
        if isinstance(known, Attempt):
            await self._run(known, seal, request, send)
            return
        if request.hash is None:
            await request.read()
            if request.hash != known.request:
                raise KeyReused
        await _replay(seal.open(known.answer, entry), send)

    async def _run(self, attempt: Attempt, seal: Seal, request: "_Asked", send: Any) -> None:
        kept = _Kept()
        alive = asyncio.create_task(attempt.renew())
        try:
            with marking(attempt.mark):
                await self._app(request.scope, request.receive, kept)
        except BaseException:
            await asyncio.shield(attempt.give_up())
            raise
        finally:
            alive.cancel()
        # What may turn out otherwise on the next try is not an answer to keep. Nor is one to a form
        # that was not read to its end: nobody can say that it is the same the next time.
        if kept.status >= 500 or kept.status == 429 or request.hash is None:
            await attempt.give_up()
        else:
            answer = seal.close(kept.packed(), attempt.entry)
            await attempt.finish(request.hash, answer)
        # Only now: who has the answer may come again at once, and must find it kept.
        for message in kept.messages:
            await send(message)


class _Asked:
    """What makes two requests the same: the body. That of a form is known once it has been read."""

    def __init__(self, scope: Any, receive: Any) -> None:
        self.scope = scope
        self.receive = receive
        self._form = Fingerprint() if scope["state"].get("multipart") else None
        scope["state"]["fingerprint"] = self._form

    @property
    def hash(self) -> str | None:
        said = self._form.value if self._form else self.scope["state"]["body"].decode()
        return None if said is None else _hash("request", said)

    async def read(self) -> None:
        """A form, for nothing but its hash."""
        async for _ in multipart_of(Request(self.scope, self.receive)).parts():
            pass


class _Kept:
    """A `send` that holds the answer back; these answers are short."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    def packed(self) -> bytes:
        body = b"".join(message.get("body", b"") for message in self.messages[1:])
        return b"%d %b" % (self.status, body)


async def _replay(packed: bytes, send: Callable[[Any], Awaitable[None]]) -> None:
    status, _, body = packed.partition(b" ")
    await send_json(send, int(status), body, [(b"idempotency-replayed", b"true")])


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
