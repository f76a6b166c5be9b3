"""No query about files walks through a whole collection: mongod's profiler watches while they come,
are had, and go."""

from deploy.stack import Stack
from shared.contracts.users import UserDeleted, UserExportRequested
from shared.ids import new_id
from tests.eventually import eventually
from tests.learning.materials import PDF, form
from tests.profiling import profiler, scans
from tests.storage import samples
from tests.storage.conftest import Storage

ABOUT_FILES = {"files": 30, "loose_objects": 40}  # how many operations there are at the least


async def play(storage: Storage, user: str) -> None:
    """Every way in, to and out of the store; `user` is erased in the end."""
    admin = storage.bearer()
    data = await storage.uploaded(samples.png())
    assert (await storage.fetched(data["url"])).status_code == 200
    assert (await storage.upload(samples.png()[:-1])).status_code == 400
    for number in range(7):
        photo = {"file": ("me.png", samples.png(filling=number))}
        answer = await storage.http.post(
            "/storage/profile-photo", files=photo, headers=storage.bearer("user", user)
        )
        assert answer.status_code == 201, answer.text
    parts = form(title="x", locale="en", pdfs=[("a.pdf", PDF)])
    answer = await storage.http.post("/education-materials", files=parts, headers=admin)
    made = answer.json()["data"]
    answer = await storage.http.get(made["pdfs"][0]["url"], headers=admin)
    assert answer.status_code == 200
    answer = await storage.http.delete(f"/education-materials/{made['id']}", headers=admin)
    assert answer.status_code == 200
    await storage.say(UserExportRequested(user_id=user, export_id=new_id()))
    await storage.say(UserDeleted(user_id=user, erasure_id=new_id()))


async def test_what_is_looked_for_is_found_by_indexes(local: Storage, servers: Stack) -> None:
    name, user = local.database.name, new_id()
    async with profiler(servers, name) as driver:
        await play(local, user)
        files, loose = driver[name]["files"], driver[name]["loose_objects"]

        def erased_and_swept() -> bool:  # asked in another application's name
            return files.find_one({"user_id": user}) is None and loose.find_one() is None

        await eventually(erased_and_swept, within=30)
        seen = list(driver[name]["system.profile"].find({"appName": "aula"}))
    assert scans(seen) == []
    for collection, least in ABOUT_FILES.items():
        asked = [each for each in seen if each["ns"] == f"{name}.{collection}"]
        assert len(asked) >= least, collection
        assert not any(each.get("hasSortStage") for each in asked)
