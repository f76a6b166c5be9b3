"""Results of placement tests, made up."""

from datetime import UTC, datetime
from typing import Any

from services.learning.assessments.domain import Result, Snapshot
from shared.ids import new_id


def result(*, language: str = "en", **members: Any) -> Result:
    test = Snapshot(id=new_id(), title="Placement", target_language=language, version=1, bands=())
    values = {
        "id": new_id(),
        "user_id": new_id(),
        "test": test,
        "total_score": 5000,
        "raw_score": 1,
        "max_score": 2,
        "level": "A1",
        "attempt": 1,
        "completed_at": datetime(2026, 2, 14, 23, 59, tzinfo=UTC),
    }
    return Result(**{**values, **members})
