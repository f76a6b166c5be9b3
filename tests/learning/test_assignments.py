"""Assignments: to many at once, each once, until the material or the person goes."""

import asyncio
import zlib
from typing import Any

import msgspec
import pytest

from services.learning.materials.domain import Assignment
from services.learning.materials.repository import Assignments, Materials
from services.learning.materials.tallies import Tallies
from services.learning.recount import kept_in
from shared.clock import utc_now
from shared.contracts.event import Event
from shared.contracts.learning import MaterialAssigned, MaterialUnassigned
from shared.contracts.users import UserDeleted, UserExported, UserExportRequested
from shared.ids import new_id
from shared.mongo import Session, in_transaction
from shared.recount import recount
from shared.seal import Seal
from tests.eventually import eventually
from tests.learning.conftest import PRIVACY_KEY, Learning
from tests.learning.materials import PDF, assign, form, material, patch
from tests.learning.people import somebody, told
from tests.learning.test_personal_data import everything, receipt


async def crowd(learning: Learning, number: int) -> list[str]:
    """Ids of many of whom learning has heard, told the short way."""
    ids = [new_id() for _ in range(number)]

    async def work(session: Session) -> None:
        people = [{"_id": each, "email_version": 1, "registered_version": 1} for each in ids]
        await learning.database["people"].insert_many(people, session=session)

    await in_transaction(learning.database.client, work)
    return ids


async def mine(learning: Learning, user_id: str, query: str = "") -> Any:
    answer = await learning.http.get(
        f"/education-materials/my?{query}", headers=learning.bearer("user", user_id)
    )
    return await learning.data(answer)


async def delete(learning: Learning, material_id: str) -> None:
    answer = await learning.http.delete(
        f"/education-materials/{material_id}", headers=learning.bearer()
    )
    await learning.data(answer)


async def figures(learning: Learning) -> dict[str, int]:
    tallies = Tallies(
        learning.database["material_tallies"], learning.database["material_tallies_gone"]
    )
    return dict(await tallies.all(utc_now()))


async def drift(learning: Learning) -> dict[str, int]:
    """What a recount finds wrong with the figures of materials."""
    (kept,) = [each for each in kept_in(learning.database) if each.name == "materials"]
    return (await recount(kept, utc_now())).drift


async def rows_of(learning: Learning, **query: object) -> int:
    return await learning.database["material_assignments"].count_documents(query)


async def test_assigning_says_who_has_it_now_who_had_it_and_who_is_not_there(
    learning: Learning,
) -> None:
    made, ada, eve, nobody = (
        await material(learning),
        await somebody(learning),
        await somebody(learning),
        new_id(),
    )
    summary = {"materialId": made["id"], "notFoundUserIds": []}
    assert await assign(learning, made["id"], ada) == {
        **summary,
        "assignedCount": 1,
        "alreadyAssignedCount": 0,
    }
    assert await assign(learning, made["id"], nobody, ada.upper(), eve, eve) == {
        **summary,
        "assignedCount": 1,
        "alreadyAssignedCount": 1,
        "notFoundUserIds": [nobody],
    }
    for who in (ada, eve):
        (event,) = await learning.said(who, MaterialAssigned)
        assert (event.material_id, event.title, event.locale) == (made["id"], "Unit 1", "en")
    assert await learning.said(nobody, MaterialAssigned) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({}, "userIds: "),
        ({"userIds": []}, "userIds: "),
        ({"userIds": "x"}, "userIds: "),
        ({"userIds": [{"$ne": None}]}, "userIds"),
        ({"userIds": ["x"]}, "userIds"),
        ({"userIds": [f"{n:024x}" for n in range(10_001)]}, "userIds: "),
        ({"userIds": [new_id()], "all": True}, "all: "),
    ],
)
async def test_an_assignment_that_is_none_is_refused(
    learning: Learning, body: Any, line: str
) -> None:
    made = await material(learning)
    answer = await learning.http.post(
        f"/education-materials/{made['id']}/assign", json=body, headers=learning.bearer()
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][1].startswith(line), answer.text


async def test_what_is_not_there_cannot_be_assigned(learning: Learning) -> None:
    ada = await somebody(learning)
    for material_id, status in ((new_id(), 404), ("x", 400)):
        answer = await learning.http.post(
            f"/education-materials/{material_id}/assign",
            json={"userIds": [ada]},
            headers=learning.bearer(),
        )
        assert answer.status_code == status


async def test_the_same_key_is_answered_the_same(learning: Learning) -> None:
    made, ada = await material(learning), await somebody(learning)
    headers = learning.bearer() | {"Idempotency-Key": new_id()}
    path = f"/education-materials/{made['id']}/assign"
    answers = [
        await learning.http.post(path, json={"userIds": [ada]}, headers=headers) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["data"]["assignedCount"] == 1


async def test_ten_thousand_are_assigned_in_one_call_and_unassigned_by_one(
    learning: Learning,
) -> None:
    made, before = await material(learning), await figures(learning)
    ids, strangers = await crowd(learning, 1_200), [new_id() for _ in range(8_800)]
    everybody = [*strangers[:4_000], *ids, *strangers[4_000:]]
    summary = await assign(learning, made["id"], *everybody)
    assert (summary["assignedCount"], summary["notFoundUserIds"]) == (1_200, strangers)
    again = await assign(learning, made["id"], *everybody)
    assert (again["assignedCount"], again["alreadyAssignedCount"]) == (0, 1_200)
    assert await rows_of(learning, material_id=made["id"]) == 1_200
    outbox = learning.database["outbox"]
    traces = {"traces": {"$in": ids}}
    assert await outbox.count_documents({**traces, "subject": "material.assigned"}) == 1_200
    after = await figures(learning)
    for name in ("totals.assignments", "totals.assigned_users"):
        assert after[name] - before.get(name, 0) == 1_200
    await delete(learning, made["id"])
    assert (await mine(learning, ids[-1]))["list"] == []  # at once

    async def unassigned() -> bool:
        return await learning.database["materials"].find_one({"_id": made["id"]}) is None

    await eventually(unassigned, within=60)
    assert await outbox.count_documents({**traces, "subject": "material.unassigned"}) == 1_200
    assert await rows_of(learning, material_id=made["id"]) == 0
    assert await drift(learning) == {}


async def test_many_at_once_assign_each_once(learning: Learning) -> None:
    one, two = await material(learning), await material(learning)
    ids = await crowd(learning, 20)
    before = await figures(learning)
    summaries = await asyncio.gather(
        *(assign(learning, each["id"], *ids) for each in (one, two) for _ in range(4))
    )
    assert sum(each["assignedCount"] for each in summaries) == 40
    assert sum(each["alreadyAssignedCount"] for each in summaries) == 120
    assert await rows_of(learning, user_id={"$in": ids}) == 40
    assert len(await learning.said(ids[0], MaterialAssigned)) == 2
    after = await figures(learning)
    assert after["totals.assigned_users"] - before.get("totals.assigned_users", 0) == 20
    assert after["totals.assignments"] - before.get("totals.assignments", 0) == 40


async def test_people_see_theirs_the_latest_first(learning: Learning) -> None:
    ada = await somebody(learning)
    made = [await material(learning, title=f"Unit {n}") for n in range(3)]
    for each in made:
        await assign(learning, each["id"], ada)
    page = await mine(learning, ada)
    assert [each["id"] for each in page["list"]] == [each["id"] for each in made[::-1]]
    assert {**made[2], "assignedAt": page["list"][0]["assignedAt"]} == page["list"][0]
    rest = await mine(learning, ada, "page=2&limit=2")
    assert [each["id"] for each in rest["list"]] == [made[0]["id"]]
    assert rest["pagination"]["totalItems"] == 3
    changed = await learning.data(
        await patch(learning, made[0]["id"], form(pdfs=[("new.pdf", PDF)]))
    )
    assert (await mine(learning, ada))["list"][2]["pdfs"] == changed["pdfs"]
    path = f"/education-materials/admin/users/{ada}"
    seen = await learning.data(await learning.http.get(path, headers=learning.bearer()))
    assert seen == await mine(learning, ada)
    assert (await mine(learning, new_id()))["list"] == []
    path = f"/education-materials/admin/users/{new_id()}"
    assert (await learning.http.get(path, headers=learning.bearer())).status_code == 404


async def test_who_had_a_material_that_is_deleted_is_told_so(learning: Learning) -> None:
    made, other = await material(learning), await material(learning)
    ada, eve = await somebody(learning), await somebody(learning)
    await assign(learning, made["id"], ada, eve)
    await assign(learning, other["id"], eve)
    before = await figures(learning)
    await delete(learning, made["id"])

    async def said() -> list[Event]:
        return [
            *await learning.said(ada, MaterialUnassigned),
            *await learning.said(eve, MaterialUnassigned),
        ]

    async def said_both() -> bool:
        return len(await said()) == 2

    await eventually(said_both, within=60)
    after = await figures(learning)
    change = {name: after.get(name, 0) - count for name, count in before.items()}
    assert {name: step for name, step in change.items() if step} == {
        "totals.materials": -1,
        "totals.assignments": -2,
        "totals.assigned_users": -1,
    }
    assert await drift(learning) == {}


async def test_of_a_deletion_and_assignments_at_once_nothing_stays(learning: Learning) -> None:
    for _ in range(3):
        made, ids = await material(learning), await crowd(learning, 30)
        path = f"/education-materials/{made['id']}/assign"
        requests = [
            learning.http.post(path, json={"userIds": ids[n::6]}, headers=learning.bearer())
            for n in range(6)
        ]
        answers, _ = await asyncio.gather(asyncio.gather(*requests), delete(learning, made["id"]))
        assert {answer.status_code for answer in answers} <= {200, 404}

        async def unassigned(material_id: str = made["id"]) -> bool:
            return await learning.database["materials"].find_one({"_id": material_id}) is None

        await eventually(unassigned, within=60)
        assert await rows_of(learning, material_id=made["id"]) == 0
        traces = {"traces": {"$in": ids}}
        outbox = learning.database["outbox"]
        given = await outbox.count_documents({**traces, "subject": "material.assigned"})
        taken = await outbox.count_documents({**traces, "subject": "material.unassigned"})
        assert (
            given
            == taken
            == sum(
                answer.json()["data"]["assignedCount"] for answer in answers if answer.is_success
            )
        )
    assert await drift(learning) == {}


async def test_a_deletion_comes_between_the_batches_of_a_call(learning: Learning) -> None:
    strangers = {"userIds": [new_id() for _ in range(10_000)]}

    async def came_between() -> bool:
        """False: the call was over before the deletion came."""
        made = await material(learning)
        path = f"/education-materials/{made['id']}/assign"
        assigning = asyncio.create_task(
            learning.http.post(path, json=strangers, headers=learning.bearer())
        )
        begun = {"_id": made["id"], "turns": {"$gte": 1}}
        await eventually(lambda: learning.database["materials"].find_one(begun), within=30)
        await delete(learning, made["id"])
        status = (await assigning).status_code
        assert status in (200, 404)
        return status == 404

    assert await came_between() or await came_between() or await came_between()


async def test_what_a_process_left_assigned_when_it_died_is_found(learning: Learning) -> None:
    made, ada = await material(learning), await somebody(learning)
    await assign(learning, made["id"], ada)
    materials = Materials(learning.database["materials"])

    async def work(session: Session) -> None:  # all that it came to do
        await materials.put_away(made["id"], session)

    await in_transaction(learning.database.client, work)
    assert (await mine(learning, ada))["pagination"]["totalItems"] == 0
    await eventually(lambda: learning.said(ada, MaterialUnassigned), within=60)
    assert await rows_of(learning, material_id=made["id"]) == 0
    await drift(learning)  # the figure of the material itself


async def test_a_material_assigned_after_an_erasure_brings_nobody_back(learning: Learning) -> None:
    made, ada = await material(learning), await somebody(learning)
    await assign(learning, made["id"], ada)
    before = await figures(learning)
    deleted = UserDeleted(user_id=ada, erasure_id=new_id())
    await told(learning, deleted)
    counts = (await receipt(learning, deleted.erasure_id)).counts
    assert (counts["material_assignments"], counts["person"]) == (1, 1)
    summary = await assign(learning, made["id"], ada)
    assert (summary["assignedCount"], summary["notFoundUserIds"]) == (0, [ada])
    assert ada not in await everything(learning)
    after = await figures(learning)
    assert before["totals.assignments"] - after.get("totals.assignments", 0) == 1
    assert before["totals.assigned_users"] - after.get("totals.assigned_users", 0) == 1
    months = {name for name in before if name.startswith(("months.", "days."))}
    assert {name: after[name] for name in months} == {name: before[name] for name in months}


async def test_an_export_has_what_somebody_was_given(learning: Learning) -> None:
    made, ada = await material(learning), await somebody(learning)
    await assign(learning, made["id"], ada)
    export_id = new_id()
    await told(learning, UserExportRequested(user_id=ada, export_id=export_id))
    (part,) = await learning.said(ada, UserExported)
    packed = Seal(PRIVACY_KEY).open(part.sealed, export_id)
    (given,) = msgspec.json.decode(zlib.decompress(packed))["material_assignments"]
    (shown,) = (await mine(learning, ada))["list"]
    assert (given["material_id"], given["assigned_at"]) == (made["id"], shown["assignedAt"])
    assert "user_id" not in given


async def test_of_an_erasure_assignments_and_a_deletion_at_once_nothing_stays(
    learning: Learning,
) -> None:
    for _ in range(5):
        made = [await material(learning) for _ in range(3)]
        ada, eve = await somebody(learning), await somebody(learning)
        await assign(learning, made[0]["id"], ada, eve)
        deleted = UserDeleted(user_id=ada, erasure_id=new_id())
        await asyncio.gather(
            told(learning, deleted),
            *(assign(learning, each["id"], eve, ada) for each in made[1:]),
            delete(learning, made[0]["id"]),
        )
        await receipt(learning, deleted.erasure_id)
        assert ada not in await everything(learning)
        assert await rows_of(learning, user_id=eve) <= 3

        async def unassigned(material_id: str = made[0]["id"]) -> bool:
            return await learning.database["materials"].find_one({"_id": material_id}) is None

        await eventually(unassigned, within=60)
        assert ada not in await everything(learning)
    assert await drift(learning) == {}


async def test_a_recount_mends_what_is_wrong_with_the_figures(learning: Learning) -> None:
    made, ada = await material(learning), await somebody(learning)
    await assign(learning, made["id"], ada)
    kept = Assignments(learning.database["material_assignments"])
    lost = Assignment(id=new_id(), material_id=made["id"], user_id=new_id(), assigned_at=utc_now())

    async def work(session: Session) -> None:
        await kept.add([lost], session)

    await in_transaction(learning.database.client, work)
    day = f"{lost.assigned_at:%Y-%m-%d}"
    assert await drift(learning) == {
        "totals.assignments": -1,
        "totals.assigned_users": -1,
        f"months.{day[:7]}": -1,
        f"days.{day}": -1,
    }
    assert await drift(learning) == {}
