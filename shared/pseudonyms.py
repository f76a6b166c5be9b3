"""Stand-ins for people's ids, where a trace may stay but a person must not be found.

A pseudonym is a keyed hash: whoever has the id and `AULA_PRIVACY_KEY` finds the traces of somebody,
and nobody gets from a trace to an id. `python -m shared.pseudonyms ID` prints the one of an id.
"""

import argparse
import hmac
import sys

from shared import command
from shared.command import say
from shared.settings import Settings

_HEX_DIGITS = 32


class Pseudonyms:
    def __init__(self, key: str) -> None:
        self._key = b"aula-pseudonym:" + key.encode()

    def of(self, user_id: str) -> str:
        """32 hex digits."""
        return hmac.digest(self._key, user_id.encode(), "sha256").hex()[:_HEX_DIGITS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.pseudonyms", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID")
    ids = parser.parse_args().ids

    async def show(settings: Settings) -> None:
        pseudonyms = Pseudonyms(settings.secret_of_people())
        for user_id in ids:
            say(pseudonyms.of(user_id))

    return command.run(show, Settings)


if __name__ == "__main__":
    sys.exit(main())
