"""The public keys that auth publishes, kept current, and the verifier that uses them."""

import msgspec

from shared import logs
from shared.messaging import SIGNING_KEYS, Broker, BucketView
from shared.settings import Settings
from shared.tokens import PublicKeys, TokenVerifier

log = logs.get("keys")


class PublishedKeys:
    def __init__(self, broker: Broker, settings: Settings) -> None:
        self._keys = PublicKeys()
        self._view = BucketView(broker, SIGNING_KEYS, self._put, self._withdraw)
        self.verifier = TokenVerifier(
            self._keys, issuer=settings.issuer, audience=settings.audience
        )

    async def check(self) -> str | None:
        """For readiness."""
        return None if len(self._keys) else "no signing key published yet (is auth running?)"

    async def close(self) -> None:
        await self._view.close()

    def _put(self, kid: str, value: bytes) -> None:
        try:
            self._keys.put(kid, msgspec.json.decode(value))
        except Exception as error:  # noqa: BLE001  one bad entry must not keep the good ones out
            log.error("a signing key that cannot be read", kid=kid, error=repr(error))

    def _withdraw(self, kid: str) -> None:
        """With a key go all tokens that it signed, remembered ones too."""
        self._keys.remove(kid)
        self.verifier.forget_all()
