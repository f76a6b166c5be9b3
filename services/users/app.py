"""Users' composition root: `python -m services.users.app`."""

from datetime import timedelta
from functools import partial

from services.users import event_handlers, routes
from services.users.actors import Actors
from services.users.administration import Administration
from services.users.counters import Counters
from services.users.dashboard import Dashboard
from services.users.deletions import DeletionService
from services.users.directory import Directory
from services.users.erasures.repository import Erasures
from services.users.erasures.service import ErasureService
from services.users.exports.links import ExportLinks
from services.users.exports.repository import Exports
from services.users.exports.service import ExportService
from services.users.finalization import Finalization, Scheduler
from services.users.leavers import Leavers
from services.users.personal_data import held_in
from services.users.profiles import Profiles
from services.users.repository import Consents, People
from services.users.service import UserService
from services.users.settings import UsersSettings
from shared.clock import Clock, utc_now
from shared.day_counters import keep_forgetting
from shared.http.asgi import App
from shared.http.server import serve
from shared.mongo import server_time
from shared.node import Node


def create_app(settings: UsersSettings, clock: Clock = utc_now) -> App:
    node = Node("users", settings)
    now = partial(server_time, node.database)
    person_documents = node.collection("people", People.INDEXES)
    consent_documents = node.collection("consents", Consents.INDEXES)
    counters = Counters(node.collection("counters"))
    people = People(person_documents, counters)
    profiles = Profiles(people, Consents(consent_documents), node.tombstones)
    users = UserService(people, profiles, node.tombstones, node.outbox, clock)
    actors = Actors(people, profiles, node.outbox)
    administration = Administration(profiles, actors, node.audit, clock)

    erasures = ErasureService(
        Erasures(node.collection("erasures", Erasures.INDEXES)),
        actors,
        node.traces,
        node.pseudonyms,
        node.seal,
        node.outbox,
        now,
        stuck_after=timedelta(hours=settings.erasure_stuck_hours),
    )

    leavers = Leavers(person_documents)
    finalization = Finalization(people, erasures, node.tombstones, node.pseudonyms)
    deletions = DeletionService(
        profiles,
        actors,
        finalization,
        node.pseudonyms,
        node.audit,
        node.outbox,
        now,
        patience=timedelta(days=settings.account_deletion_days),
        finalize_now=settings.finalize_now,
    )
    scheduler = Scheduler(people, leavers, finalization, node.pseudonyms, node.outbox, now)

    export_documents = node.collection("exports", Exports.INDEXES)
    part_documents = node.collection("export_parts", Exports.PART_INDEXES)
    exports = ExportService(
        Exports(export_documents, part_documents),
        people,
        profiles,
        ExportLinks(settings.secret_of_people()),
        node.seal,
        node.outbox,
        now,
    )

    node.background(keep_forgetting([counters], clock))
    node.background(scheduler.run())
    node.background(erasures.run())
    node.subscribe(event_handlers.table(users, erasures, exports))
    node.holds(held_in(person_documents, consent_documents, export_documents, part_documents))

    dependencies = {
        "users": users,
        "administration": administration,
        "directory": Directory(people, counters, actors),
        "dashboard": Dashboard(counters, clock),
        "deletions": deletions,
        "erasures": erasures,
        "exports": exports,
    }
    return node.app(routes.HANDLERS, dependencies, users.language_of)


if __name__ == "__main__":
    serve("users", UsersSettings, create_app)
