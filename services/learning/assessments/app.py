"""What placement tests are made of, for learning's composition root."""

from services.learning.assessments.repository import Assessments, Results
from services.learning.assessments.results import ResultService
from services.learning.assessments.service import AssessmentService
from services.learning.assessments.tallies import Tallies
from services.learning.people import Learner
from services.learning.personal_data import HoldingOf
from services.learning.revisions import Revision
from shared.acquaintances import Acquaintances, People
from shared.clock import Clock
from shared.node import Node
from shared.personal_data import Holding


def create_assessments(
    node: Node, people: People[Learner], acquaintances: Acquaintances[Learner], clock: Clock
) -> tuple[dict[str, object], HoldingOf]:
    """The dependencies of the routes, and what is held on a person."""
    assessments = Assessments(node.collection("assessments", Assessments.INDEXES))
    kept = node.collection("results", Results.INDEXES)
    results = Results(kept)
    tallies = Tallies(node.collection("tallies"), node.collection("tallies_of_erased"))
    revision = Revision(node.collection("revisions"), "assessments")
    audit, outbox = node.audit, node.outbox

    def holding_of(user_id: str) -> Holding:
        theirs = {"user_id": user_id}
        return Holding("test_results", kept, theirs, ("user_id",), farewell=tallies.forget)

    return {
        "assessments": AssessmentService(assessments, tallies, revision, audit, outbox, clock),
        "results": ResultService(
            assessments, results, tallies, people, acquaintances, audit, outbox, clock
        ),
    }, holding_of
