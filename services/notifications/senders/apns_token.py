"""The provider token: by it Apple knows who sends. One for all requests of a process."""

from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.clock import Clock, from_seconds
from shared.settings import SettingsError

# Apple refuses tokens of more than an hour, and those who make them more often than this.
_LIFE = timedelta(minutes=35)
_LEAST = timedelta(minutes=20)


def signing_key(value: str) -> ec.EllipticCurvePrivateKey:
    """From a `.p8` file, or its contents. Raises SettingsError, without quoting them."""
    wrong = SettingsError(
        "AULA_APNS_KEY is neither the path of a .p8 file from Apple nor the contents of one."
    )
    try:
        text = value if "-----BEGIN" in value else Path(value).read_text(encoding="ascii")
        key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
    except (OSError, ValueError, TypeError):
        raise wrong from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise wrong
    return key


class ProviderToken:
    def __init__(
        self, key: ec.EllipticCurvePrivateKey, key_id: str, team_id: str, clock: Clock
    ) -> None:
        self._key = key
        self._key_id = key_id
        self._team_id = team_id
        self._clock = clock
        self._value = ""
        self._issued: datetime | None = None

    def current(self) -> str:
        # Of the same moment in all processes: Apple wants one token of a team, not many.
        life = int(_LIFE.total_seconds())
        issued = from_seconds(int(self._clock().timestamp()) // life * life)
        if self._issued is None or issued >= self._issued + _LEAST:
            self._sign(issued)
        return self._value

    def renew(self, refused: str) -> bool:
        """Apple calls `refused` expired, as it does when the clocks differ. False: it is too early
        for another."""
        if refused != self._value:
            return True  # somebody was quicker
        if self._issued is not None and self._clock() < self._issued + _LEAST:
            return False
        self._sign(self._clock())
        return True

    def _sign(self, issued: datetime) -> None:
        self._issued = issued
        self._value = jwt.encode(
            {"iss": self._team_id, "iat": int(issued.timestamp())},
            self._key,
            algorithm="ES256",
            headers={"kid": self._key_id},
        )
