"""Access tokens as auth issues them, any deviation from that, and keys published as it does."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from shared.ids import new_id
from shared.messaging import SIGNING_KEYS, Broker
from tests.eventually import eventually


class Signer:
    """A signing key, published under its `kid`."""

    def __init__(self, kid: str = "test-key") -> None:
        self.kid = kid
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, Any]:
        public: dict[str, Any] = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "alg": "ES256", "use": "sig"}

    def token(
        self,
        *,
        user: str | None = None,
        session: str | None = None,
        roles: tuple[str, ...] = ("user",),
        header: dict[str, Any] | None = None,
        without: tuple[str, ...] = (),
        **claims: Any,
    ) -> str:
        now = int(time.time())
        payload = {
            "iss": "aula",
            "aud": "aula-api",
            "sub": user or new_id(),
            "sid": session or new_id(),
            "roles": list(roles),
            "iat": now,
            "exp": now + 3600,
            "jti": new_id(),
            **claims,
        }
        for name in without:
            del payload[name]
        headers = {"typ": "at+jwt", "kid": self.kid, **(header or {})}
        return jwt.encode(payload, self.key, algorithm="ES256", headers=headers)

    def bearer(self, user: str | None = None, role: str = "user") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(user=user, roles=(role,))}"}


async def publish_keys(nats_url: str, *signers: Signer) -> None:
    """What auth does when it starts."""
    broker = Broker(nats_url, "test")
    await broker.start()
    await eventually(broker.ready.is_set)
    for signer in signers:
        await eventually(lambda signer=signer: _published(broker, signer))
    await broker.close()


async def _published(broker: Broker, signer: Signer) -> bool:
    subject = f"$KV.{SIGNING_KEYS.name}.{signer.kid}"
    await broker.publish(subject, json.dumps(signer.jwk).encode(), {})
    return True
