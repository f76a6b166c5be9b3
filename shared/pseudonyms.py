"""Stand-ins for people's ids, where a trace may stay but a person must not be found.

A pseudonym is a keyed hash: whoever has the id and `AULA_PRIVACY_KEY` finds the traces of somebody,
and nobody gets from a trace to an id. `python -m shared.pseudonyms ID` prints the one of an id.
"""

import hmac
import sys

from shared.settings import Settings, SettingsError

_HEX_DIGITS = 32


class Pseudonyms:
    def __init__(self, key: str) -> None:
        self._key = b"aula-pseudonym:" + key.encode()

    def of(self, user_id: str) -> str:
        """32 hex digits."""
        return hmac.digest(self._key, user_id.encode(), "sha256").hex()[:_HEX_DIGITS]


def main(arguments: list[str]) -> int:
    try:
        pseudonyms = Pseudonyms(Settings.from_environment().secret_of_people())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for user_id in arguments:
        sys.stdout.write(f"{pseudonyms.of(user_id)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
