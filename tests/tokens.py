"""Access tokens for tests: a key of our own, published as auth publishes its keys."""

import os
import time
from typing import Any

import jwt
import msgspec
import nats
from cryptography.hazmat.primitives.asymmetric import ec
from nats.js.api import KeyValueConfig
from nats.js.errors import BucketNotFoundError

from shared.messaging.buckets import SIGNING_KEYS
from shared.roles import Role


class TestIssuer:
    """Signs what auth would sign."""

    __test__ = False

    def __init__(self, kid: str = "test-key") -> None:
        self.kid = kid
        self.key = ec.generate_private_key(ec.SECP256R1())

    def token(self, role: Role = "user", user_id: str | None = None, **claims: Any) -> str:
        now = int(time.time())
        return jwt.encode(
            {
                "iss": "aula",
                "aud": "aula-api",
                "sub": user_id or os.urandom(12).hex(),
                "sid": os.urandom(12).hex(),
                "roles": [role],
                "iat": now,
                "exp": now + 3600,
                "jti": os.urandom(8).hex(),
                **claims,
            },
            self.key,
            algorithm="ES256",
            headers={"typ": "at+jwt", "kid": self.kid},
        )

    def bearer(self, role: Role = "user", user_id: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(role, user_id)}"}

    @property
    def jwk(self) -> dict[str, Any]:
        return jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)

    async def publish(self, nats_url: str) -> None:
        client = await nats.connect(nats_url)
        js = client.jetstream()
        try:
            bucket = await js.key_value(SIGNING_KEYS.name)
        except BucketNotFoundError:
            config = KeyValueConfig(bucket=SIGNING_KEYS.name, ttl=86_400)
            bucket = await js.create_key_value(config)
        await bucket.put(self.kid, msgspec.json.encode(self.jwk))
        await client.close()
