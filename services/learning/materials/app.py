"""Materials, put together."""

from services.learning.materials.assignments import AssignmentService
from services.learning.materials.removals import Removals
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.service import MaterialService
from services.learning.materials.tallies import Tallies
from services.learning.people import Learner
from services.learning.personal_data import HoldingOf
from services.learning.storage.store import FileStore
from shared.acquaintances import People
from shared.clock import Clock
from shared.node import Node
from shared.personal_data import Holding


def create_materials(
    node: Node, people: People[Learner], files: FileStore, clock: Clock
) -> tuple[dict[str, object], HoldingOf]:
    """The dependencies of the routes, and what is held on a person."""
    materials = Materials(node.collection("materials", Materials.INDEXES))
    kept = node.collection("material_assignments", Assignments.INDEXES)
    assignments = Assignments(kept)
    tallies = Tallies(node.collection("material_tallies"), node.collection("material_tallies_gone"))
    audit, outbox = node.audit, node.outbox
    removals = Removals(materials, assignments, tallies, people, outbox, clock)
    node.background(removals.run())

    def holding_of(user_id: str) -> Holding:
        theirs = {"user_id": user_id}
        return Holding("material_assignments", kept, theirs, ("user_id",), farewell=removals.forget)

    return {
        "materials": MaterialService(
            materials, assignments, files, removals, tallies, audit, outbox, clock
        ),
        "assignments": AssignmentService(
            materials, assignments, tallies, people, audit, outbox, clock
        ),
    }, holding_of
