"""A service account of Google's, and the access token that it gets us."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.notifications.senders.http2 import Response
from services.notifications.senders.origin import Origin, checked_origin
from shared.clock import Clock
from shared.settings import SettingsError

_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = timedelta(hours=1)  # of the assertion; Google takes no longer one
_BEFORE_ITS_END = timedelta(minutes=5)
_WRONG = (
    "AULA_FCM_CREDENTIALS is neither the path of a service account's JSON file from Google nor the"
    " contents of one"
)


class ServiceAccount(msgspec.Struct, frozen=True, kw_only=True):
    project_id: str
    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str

    def __repr__(self) -> str:
        return f"ServiceAccount({self.project_id})"

    @classmethod
    def parsed(cls, value: str) -> "ServiceAccount":
        """From a file's path or its contents. Raises SettingsError, without quoting them."""
        try:
            text = value if value.lstrip().startswith("{") else Path(value).read_text("utf-8")
            account = msgspec.json.decode(text, type=cls)
            key = load_pem_private_key(account.private_key.encode(), password=None)
        except (OSError, ValueError, TypeError, msgspec.MsgspecError):
            raise SettingsError(f"{_WRONG}.") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise SettingsError(f"{_WRONG}: its key is not an RSA key.")
        return account

    @property
    def token_origin(self) -> str:
        """Raises SettingsError."""
        parts = urlsplit(self.token_uri)
        origin = f"{parts.scheme}://{parts.netloc}"
        return checked_origin("AULA_FCM_CREDENTIALS: token_uri", origin)


class NoAccess(Exception):
    """`answer`: what came instead of a token."""

    def __init__(self, answer: Response) -> None:
        super().__init__(f"fcm token {answer.status}")
        self.answer = answer


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float = 3600.0


class AccessToken:
    """One for all requests of a process: whoever needs a new one, all wait for the same."""

    def __init__(self, account: ServiceAccount, origin: Origin, clock: Clock) -> None:
        self._account = account
        self._origin = origin
        self._clock = clock
        self._value = ""
        self._until: datetime | None = None
        self._asking = asyncio.Lock()

    async def current(self) -> str:
        """Raises NoAccess, NoAnswer."""
        async with self._asking:
            if self._until is None or self._clock() >= self._until - _BEFORE_ITS_END:
                await self._ask()
            return self._value

    def forget(self, refused: str) -> None:
        if refused == self._value:
            self._until = None

    async def close(self) -> None:
        await self._origin.close()

    async def _ask(self) -> None:
        form = {"grant_type": _GRANT, "assertion": self._assertion()}
        answer = await self._origin.post(
            urlsplit(self._account.token_uri).path or "/",
            {"content-type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(),
        )
        try:
            token = msgspec.json.decode(answer.body, type=_Token)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NoAccess(answer) from None
        if answer.status != 200:
            raise NoAccess(answer)
        self._value = token.access_token
        self._until = self._clock() + timedelta(seconds=token.expires_in)

    def _assertion(self) -> str:
        account, now = self._account, self._clock()
        claims = {
            "iss": account.client_email,
            "scope": _SCOPE,
            "aud": account.token_uri,
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFE).timestamp()),
        }
        headers = {"kid": account.private_key_id} if account.private_key_id else None
        return jwt.encode(claims, account.private_key, algorithm="RS256", headers=headers)
