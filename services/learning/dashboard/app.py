"""Learning's part of the dashboard, put together of what the aggregates count."""

from services.learning.assessments.repository import Results
from services.learning.assessments.tallies import Tallies
from services.learning.courses.repository import COUNTED
from services.learning.dashboard.service import Dashboard
from services.learning.materials.tallies import Tallies as MaterialTallies
from services.learning.people import Learner
from shared.acquaintances import People
from shared.clock import Clock
from shared.counters import Counters
from shared.day_counters import keep_forgetting
from shared.node import Node


def create_dashboard(node: Node, people: People[Learner], clock: Clock) -> dict[str, object]:
    """The dependencies of the route. Whoever fills the collections makes their indexes."""
    database = node.database
    tallies = Tallies(database["tallies"], database["tallies_of_erased"])
    materials = MaterialTallies(database["material_tallies"], database["material_tallies_gone"])
    dated = [tallies.there, tallies.erased, materials.there, materials.gone]
    node.background(keep_forgetting(dated, clock))
    return {
        "dashboard": Dashboard(
            Counters(database["course_counters"], COUNTED),
            tallies,
            materials,
            Results(database["results"]),
            people,
            clock,
        )
    }
