"""`python -m services.notifications.recount [--check]`: see `shared/recount.py`."""

import sys

from services.notifications.contact.repository import KINDS, Contacts
from services.notifications.settings import NotificationsSettings
from shared.counters import Counters
from shared.mongo import Database
from shared.recount import Kept, each_of, run


def kept_in(database: Database) -> list[Kept]:
    counters = Counters(database["contact_counters"], KINDS)
    contacts = Contacts(database["contacts"], counters)
    return [Kept("contacts", counters, (contacts.counted,))]


if __name__ == "__main__":
    sys.exit(run("notifications", NotificationsSettings, each_of(kept_in)))
