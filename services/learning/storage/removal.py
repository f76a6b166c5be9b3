"""`python -m services.learning.storage.removal ADDRESS`: removes a file that was uploaded by
mistake, or a photo. Its address is the `url` it has, or what follows `/storage/files/` in that.

The running service takes its bytes out of the store some seconds later. What still names the file,
such as a course, shows nothing in its place.
"""

import argparse
import sys
from functools import partial

from services.learning.settings import LearningSettings
from services.learning.storage.repository import Files
from shared import command
from shared.audit import AuditLog
from shared.command import CommandFailed, mongo_of, say
from shared.mongo import Session, in_transaction, server_time
from shared.pseudonyms import Pseudonyms

_OF_MATERIALS = "materials/"


async def _remove(settings: LearningSettings, address: str) -> None:
    key = address.rpartition("/storage/files/")[2]
    if key.startswith(_OF_MATERIALS):
        raise CommandFailed("It belongs to a material: delete that, as an admin.")
    secret = settings.secret_of_people()
    async with mongo_of(settings) as client:
        database = client[f"{settings.database_prefix}_learning"]
        files = Files(database["files"], database["loose_objects"])
        audit = AuditLog(database["audit"], Pseudonyms(secret), secret)

        async def work(session: Session) -> None:
            file = await files.at(key, session)
            if file is None:
                raise CommandFailed(f"There is no file {key}.")
            await files.release([file.id], await server_time(database), session)
            await audit.append(session, actor="operator", action="file.removed", target=key)

        await in_transaction(client, work)
    say(f"{key} is removed.")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m services.learning.storage.removal", description=__doc__
    )
    parser.add_argument("address", help="of the file")
    return command.run(partial(_remove, address=parser.parse_args().address), LearningSettings)


if __name__ == "__main__":
    sys.exit(main())
