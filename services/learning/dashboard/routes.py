"""For the gateway, which merges it with others' (`shared/contracts/dashboard.py`)."""

from litestar import get
from litestar.di import NamedDependency

from services.learning.dashboard.service import Dashboard
from shared.contracts.dashboard import LearningPart
from shared.http.envelope import Envelope, ok
from shared.http.guards import admin


@get("/dashboard/learning", guards=[admin])
async def dashboard_learning(dashboard: NamedDependency[Dashboard]) -> Envelope[LearningPart]:
    return ok(await dashboard.part())


HANDLERS = (dashboard_learning,)
