"""The keys that sign access tokens, and how everybody learns their public half.

`python -m services.auth.signing_keys DIR` makes a new key in DIR. To rotate: make one, restart the
auth replicas one after the other; remove the old file a day later. One that was stolen: make a new
one, rename the old file, restart auth, then `--withdraw` it: what it signed counts no longer.
"""

import argparse
import asyncio
import base64
import hashlib
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared import command
from shared.command import CommandFailed, say
from shared.messaging import SIGNING_KEYS, Broker, BrokerAway
from shared.messaging.buckets import keys_in, remove
from shared.messaging.command import nats_of
from shared.settings import Settings, SettingsError
from shared.tokens import ALGORITHM

Jwk = dict[str, Any]
_PUBLISH_EVERY = 3600.0  # seconds; a key that nobody publishes any more ends with its bucket entry


class SigningKeys:
    """The private keys of a folder: the last by name signs, the public half of all is published."""

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("*.pem"))
        if not files:
            raise SettingsError(
                f"AULA_SIGNING_KEYS_DIR: there is no *.pem in {folder}. Make a key with"
                f" `python -m services.auth.signing_keys {folder}`."
            )
        self._keys = [(kid_of(key), key) for key in map(_load, files)]
        self.published = False

    @property
    def signer(self) -> tuple[str, ec.EllipticCurvePrivateKey]:
        """Which key signs, and its `kid`. A new one does not before it is published, or verifiers
        would refuse what it signed: until then it is the one before it."""
        return self._keys[-1] if self.published else self._keys[-2:][0]

    def public(self) -> dict[str, Jwk]:
        """The public keys as JWK, by `kid`."""
        return {kid: _jwk(kid, key) for kid, key in self._keys}


async def put_keys(broker: Broker, keys: SigningKeys) -> None:
    """Publish the public keys to the bucket that every verifier reads."""
    for kid, jwk in keys.public().items():
        await broker.publish(f"$KV.{SIGNING_KEYS.name}.{kid}", msgspec.json.encode(jwk), {})
    keys.published = True


async def keep_published(broker: Broker, keys: SigningKeys) -> None:
    while True:
        await asyncio.sleep(_PUBLISH_EVERY)
        with suppress(BrokerAway):  # then they are put on the next connect
            await put_keys(broker, keys)


def kid_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The key's thumbprint (RFC 7638)."""
    members = _jwk_members(key)
    canonical = msgspec.json.encode(dict(sorted(members.items())))
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def make_key(folder: Path) -> Path:
    """A new private key in `folder`, named after the time so that it sorts last."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S.%f}.pem"
    draft = path.with_suffix(f".{os.getpid()}")
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_bytes(pem)
    os.link(draft, path)  # complete from the first moment that another process can see it
    draft.unlink()
    return path


def _load(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"AULA_SIGNING_KEYS_DIR: {path.name} is not a private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise SettingsError(f"AULA_SIGNING_KEYS_DIR: {path.name} is not a P-256 key (ES256)")
    return key


def _jwk(kid: str, key: ec.EllipticCurvePrivateKey) -> Jwk:
    return {**_jwk_members(key), "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _jwk_members(key: ec.EllipticCurvePrivateKey) -> Jwk:
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: jwk[name] for name in ("crv", "kty", "x", "y")}


def ensure_key(folder: Path) -> None:
    """For development: a key is made where there is none."""
    if not list(folder.glob("*.pem")):
        make_key(folder)


async def withdraw(settings: Settings, key: str) -> None:
    """`key`: its file, or its `kid`. Raises CommandFailed."""
    kid = _named(key)
    async with nats_of(settings) as broker:
        others = set(await keys_in(broker, SIGNING_KEYS))
        if kid not in others:
            raise CommandFailed(
                f"No key {kid} is published; there is {', '.join(sorted(others)) or 'none'}."
            )
        others.remove(kid)
        if not others:
            raise CommandFailed(
                "It is the only one: no token would count. Make a new key and restart auth first."
            )
        await remove(broker, SIGNING_KEYS, kid)
    say(f"{kid} is withdrawn. An auth that still has its file would publish it again.")


def _named(key: str) -> str:
    file = Path(key)
    return kid_of(_load(file)) if file.is_file() else key


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m services.auth.signing_keys", description=__doc__
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="make a new key there")
    what.add_argument("--withdraw", metavar="KEY", help="its file, or its kid")
    options = parser.parse_args()
    if options.withdraw:
        return command.run(partial(withdraw, key=options.withdraw), Settings)
    say(str(make_key(options.folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
