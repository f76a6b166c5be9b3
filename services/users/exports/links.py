"""The links under which exports are handed out."""

import hmac

from shared.errors import NotFound

_ID_LENGTH = 24
_PROOF_LENGTH = 32


class ExportLinks:
    """Paths at the gateway: nobody guesses one, and none is stored."""

    def __init__(self, key: str) -> None:
        self._key = b"aula-export:" + key.encode()

    def path(self, export_id: str) -> str:
        return f"/users/exports/{export_id}{self._proof(export_id)}"

    def opened(self, token: str) -> str:
        """The id of the export. Raises NotFound."""
        export_id, proof = token[:_ID_LENGTH], token[_ID_LENGTH:]
        if not hmac.compare_digest(self._proof(export_id).encode(), proof.encode()):
            raise NotFound
        return export_id

    def _proof(self, export_id: str) -> str:
        digest = hmac.digest(self._key, export_id.encode(), "sha256")
        return digest.hex()[:_PROOF_LENGTH]
