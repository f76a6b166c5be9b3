"""Storage, put together."""

from functools import partial
from pathlib import Path

from services.learning.people import Learner
from services.learning.personal_data import HoldingOf
from services.learning.settings import LearningSettings
from services.learning.storage.inspector import Inspector
from services.learning.storage.objects import Objects
from services.learning.storage.repository import Files
from services.learning.storage.service import StorageService
from services.learning.storage.spool import Spool
from services.learning.storage.store import FileStore
from services.learning.storage.sweeper import Sweeper
from shared.acquaintances import Acquaintances
from shared.mongo import server_time
from shared.node import Node
from shared.personal_data import Holding


def create_storage(
    node: Node, settings: LearningSettings, people: Acquaintances[Learner]
) -> tuple[FileStore, StorageService, HoldingOf]:
    """The store, for whoever keeps files in it; the service; what is held on a person."""
    now = partial(server_time, node.database)
    data = Path(settings.data_dir)
    documents = node.collection("files", Files.INDEXES)
    files = Files(documents, node.collection("loose_objects", Files.LOOSE_INDEXES))
    objects = Objects.at(settings.storage_url, data / "files")
    sweeper = Sweeper(files, objects, node.outbox, now)
    spool = Spool(data / "spool")
    store = FileStore(spool, Inspector(), objects, files, sweeper, node.outbox, now)
    service = StorageService(store, files, people, node.audit, node.outbox, settings.public_folders)
    node.background(sweeper.run())

    def files_of(user_id: str) -> Holding:
        theirs = {"user_id": user_id}
        hidden = ("user_id",)
        return Holding("files", documents, theirs, hidden=hidden, farewell=store.let_go)

    return store, service, files_of
