"""Text messages, by whatever provider the Apprise URL in AULA_SMS_URL names."""

import asyncio
import logging
import threading
from collections.abc import Callable
from urllib.parse import quote

from services.notifications.senders.domain import Going, Message, Result, Sent, TryAgain, Unknown
from shared.settings import SettingsError

_CONCURRENT = 16


class SmsSender:
    """Raises SettingsError for a URL that Apprise does not understand."""

    def __init__(self, url: str, patience: float = 15.0) -> None:
        """`patience`: seconds for one attempt."""
        # Half a second and 20 MB: only for those who send text messages.
        from apprise import Apprise  # noqa: PLC0415  slow to load, and needed only here

        # It logs numbers, and what providers answer.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        self._url = url
        self._patience = patience
        self._providers = Apprise
        self._places = asyncio.Semaphore(_CONCURRENT)
        if not self._providers().add(self._url_for("+905321234567")):
            raise SettingsError(
                "AULA_SMS_URL is not a URL that Apprise knows: see its list of services for how"
                " yours is written, and put {to} where the number belongs."
            )

    async def send(self, message: Message, going: Going) -> Result:
        await self._places.acquire()
        try:
            await going()
        except BaseException:
            self._places.release()
            raise
        # Its place is free again when the thread has ended, however long a provider drips.
        done = _in_thread(lambda: self._notify(message), self._places.release)
        try:
            async with asyncio.timeout(self._patience):
                return Sent() if await done else TryAgain("sms provider")
        except TimeoutError:
            return Unknown("timeout sms")

    async def close(self) -> None:
        pass

    def _notify(self, message: Message) -> bool:
        provider = self._providers()
        provider.add(self._url_for(message.to))
        return bool(provider.notify(body=message.text, title=""))

    def _url_for(self, number: str) -> str:
        return self._url.replace("{to}", quote(number, safe=""))


def _in_thread(work: Callable[[], bool], ended: Callable[[], None]) -> "asyncio.Future[bool]":
    """Run blocking `work` in a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bool] = loop.create_future()

    def finish(result: bool) -> None:
        ended()
        if not future.done():
            future.set_result(result)

    def run() -> None:
        try:
            result = work()
        except Exception:  # noqa: BLE001  a plugin of somebody else: any failure is "not sent"
            result = False
        if not loop.is_closed():
            loop.call_soon_threadsafe(finish, result)

    threading.Thread(target=run, name="sms", daemon=True).start()
    return future
