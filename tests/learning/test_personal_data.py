"""What learning holds on a person: handed out when they ask, gone when they are."""

import asyncio
import zlib
from typing import Any

import msgspec
import pytest

from shared.contracts.users import (
    UserDeleted,
    UserErased,
    UserExported,
    UserExportRequested,
)
from shared.ids import new_id
from shared.mongo import Document
from shared.seal import Seal
from tests.eventually import eventually
from tests.learning.assessments import made
from tests.learning.conftest import PRIVACY_KEY, Learning
from tests.learning.people import registered, somebody, told
from tests.learning.test_results import submit


async def everything(learning: Learning) -> str:
    """All that is in learning's database."""
    documents: list[Document] = []
    for name in await learning.database.list_collection_names():
        if not name.startswith("system."):
            documents += await learning.database[name].find().to_list(None)
    return str(documents)


async def receipt(learning: Learning, erasure_id: str) -> UserErased:
    async def found() -> list[UserErased]:
        return await learning.said(erasure_id, UserErased)

    (only,) = await eventually(found, within=30)
    return only


async def figures(learning: Learning) -> dict[str, int]:
    """Submissions as the school counts them, and how many results there are."""
    sums = {"tallies": 0, "tallies_of_erased": 0}
    for name in sums:
        async for share in learning.database[name].find():
            sums[name] += share.get("totals", {}).get("submissions", 0)
    return sums


async def test_nothing_is_left_of_somebody_but_a_number(learning: Learning) -> None:
    test = await made(learning, maxAttempts=0)
    ada = await somebody(learning, "Augusta", "Of-Nowhere")
    for _ in range(3):
        await submit(learning, test, ada)
    before, erasure_id = await figures(learning), new_id()
    assert ada in await everything(learning)
    await told(learning, UserDeleted(user_id=ada, erasure_id=erasure_id))
    counts = (await receipt(learning, erasure_id)).counts
    assert (counts["test_results"], counts["person"]) == (3, 1)
    left = await everything(learning)
    for trace in (ada, "Augusta", "Of-Nowhere"):
        assert trace not in left
    after = await figures(learning)
    assert after["tallies"] == before["tallies"] - 3
    assert after["tallies_of_erased"] == before["tallies_of_erased"] + 3
    # What comes late brings nobody back; asked again, it answers the same.
    await told(learning, registered(ada), UserDeleted(user_id=ada, erasure_id=erasure_id))
    assert ada not in await everything(learning)
    assert await figures(learning) == after


@pytest.mark.parametrize("known", [True, False])
async def test_of_an_erasure_and_submissions_at_once_nothing_stays(
    learning: Learning, known: bool
) -> None:
    test = await made(learning, maxAttempts=0)
    for _ in range(3):
        ada = await somebody(learning) if known else new_id()
        deleted = UserDeleted(user_id=ada, erasure_id=new_id())
        answers, _ = await asyncio.gather(
            asyncio.gather(*(submit(learning, test, ada) for _ in range(6))),
            told(learning, deleted),
        )
        assert {answer.status_code for answer in answers} <= {201, 401}
        await receipt(learning, deleted.erasure_id)
        assert await learning.database["results"].find_one({"user_id": ada}) is None
        assert await learning.database["people"].find_one({"_id": ada}) is None
    there = (await figures(learning))["tallies"]
    assert there == await learning.database["results"].count_documents({})


async def test_an_export_has_the_results_and_what_is_known_of_the_person(
    learning: Learning,
) -> None:
    test = await made(learning)
    ada = await somebody(learning)
    result = (await submit(learning, test, ada)).json()["data"]
    export_id = new_id()
    await told(learning, UserExportRequested(user_id=ada, export_id=export_id))
    (part,) = [
        each for each in await learning.said(ada, UserExported) if each.export_id == export_id
    ]
    packed = Seal(PRIVACY_KEY).open(part.sealed, export_id)
    holdings: dict[str, list[dict[str, Any]]] = msgspec.json.decode(zlib.decompress(packed))
    (exported,) = holdings["test_results"]
    assert (exported["id"], exported["total_score"]) == (result["id"], 10_000)
    assert len(exported["answers"]) == 2
    assert "user_id" not in exported
    assert holdings["person"] == [
        {
            "id": ada,
            "email": f"{ada}@aula.test",
            "emails": [f"{ada}@aula.test"],
            "name": "Ada",
            "surname": "Lovelace",
            "language": "de",
            "signup_language": "tr",
        }
    ]
