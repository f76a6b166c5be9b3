"""`Idempotency-Key`: a POST that was already answered is answered the same, and done once.

The stored answer is sealed with a key made from the client's own header value, of which only a
hash is stored: a code or a name in an answer lies readable nowhere.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar

from litestar import Request

from shared.clock import utc_now
from shared.errors import AulaError, Conflict, InvalidFields
from shared.http.asgi import send_json
from shared.languages import Text
from shared.mongo import Collection, DuplicateKeyError, IndexModel
from shared.seal import Seal

_REMEMBERED = timedelta(hours=24)
_RUNNING_MS = 60_000  # after this, a request that never answered counts as lost
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


class IdempotencyKeys:
    """The answers given so far, by caller, route and key."""

    INDEXES: ClassVar = [IndexModel([("expires_at", 1)], name="expiry", expireAfterSeconds=0)]

    def __init__(self, collection: Collection) -> None:
        self._answers = collection

    async def begin(self, entry: str, request: str) -> str | None:
        """Reserve `entry` for a request with this hash; or the sealed answer already given.

        Raises KeyReused if the entry belongs to another request, StillRunning if its first
        request has not ended.
        """
        now = utc_now()
        try:
            await self._answers.insert_one(
                {
                    "_id": entry,
                    "request": request,
                    "started_at": now,
                    "answer": None,
                    "expires_at": now + _REMEMBERED,
                }
            )
            return None
        except DuplicateKeyError:
            pass
        known = await self._answers.find_one({"_id": entry})
        if known is None:
            return await self.begin(entry, request)
        if known["request"] != request:
            raise KeyReused
        if known["answer"] is not None:
            return str(known["answer"])
        lost = now - timedelta(milliseconds=_RUNNING_MS)
        taken = await self._answers.update_one(
            {"_id": entry, "answer": None, "started_at": {"$lt": lost}},
            {"$set": {"started_at": now}},
        )
        if not taken.modified_count:
            raise StillRunning
        return None

    async def finish(self, entry: str, answer: str) -> None:
        await self._answers.update_one({"_id": entry}, {"$set": {"answer": answer}})

    async def forget(self, entry: str) -> None:
        await self._answers.delete_one({"_id": entry})


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
        known = await self._keys.begin(entry, _hash("request", state["body"].decode()))
        if known is not None:
            await _replay(seal.open(known, entry), send)
            return
        kept = _Kept()
        try:
            await self._app(scope, receive, kept)
        except BaseException:
            await asyncio.shield(self._keys.forget(entry))
            raise
        # What may turn out otherwise on the next try is not an answer to keep.
        if kept.status >= 500 or kept.status == 429:
            await self._keys.forget(entry)
        else:
            await self._keys.finish(entry, seal.close(kept.packed(), entry))
        # Only now: who has the answer may come again at once, and must find it kept.
        for message in kept.messages:
            await send(message)


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
