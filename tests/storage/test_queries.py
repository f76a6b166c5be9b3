"""Every query of storage is served by an index."""

from typing import Any

from shared.clock import utc_now
from shared.ids import new_id
from tests.storage import samples
from tests.storage.conftest import Storage


async def test_what_is_looked_for_is_found_by_indexes(local: Storage) -> None:
    await local.uploaded(samples.png())
    files, loose = local.database["files"], local.database["loose_objects"]
    queries: list[tuple[Any, dict[str, Any], list[tuple[str, int]]]] = [
        (files, {"key": "public/x.png"}, []),
        (files, {"_id": {"$in": [new_id()]}}, []),
        (files, {"user_id": new_id()}, [("created_at", -1)]),
        (loose, {"due_at": {"$lte": utc_now()}}, []),
        (loose, {"_id": "public/x.png", "lost": {"$ne": True}}, []),
    ]
    for collection, query, order in queries:
        found = collection.find(query)
        plan = await (found.sort(order) if order else found).explain()
        stages = repr(plan["queryPlanner"]["winningPlan"])
        assert "COLLSCAN" not in stages, query
        assert "'SORT'" not in stages, query
