"""`python -m services.learning.recount [--check]`: see `shared/recount.py`."""

import sys

from services.learning.assessments.repository import Assessments, Results
from services.learning.assessments.tallies import KINDS
from services.learning.courses.repository import COUNTED, Courses
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import KINDS as OF_MATERIALS
from services.learning.revisions import Revision
from services.learning.settings import LearningSettings
from shared.counters import Counters
from shared.mongo import Database
from shared.recount import Kept, each_of, run


def kept_in(database: Database) -> list[Kept]:
    courses = Counters(database["course_counters"], COUNTED)
    revision = Revision(database["revisions"], "courses")
    return [
        Kept("courses", courses, (Courses(database["courses"], courses, revision).counted,)),
        Kept(
            "tests",
            Counters(database["tallies"], KINDS),
            (Assessments(database["assessments"]).counted, Results(database["results"]).counted),
        ),
        Kept(
            "materials",
            Counters(database["material_tallies"], OF_MATERIALS),
            (
                Materials(database["materials"]).counted,
                Assignments(database["material_assignments"]).counted,
            ),
        ),
    ]


if __name__ == "__main__":
    sys.exit(run("learning", LearningSettings, each_of(kept_in)))
