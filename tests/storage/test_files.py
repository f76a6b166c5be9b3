"""Files through the service: in, out, and gone, in a folder and in a bucket."""

import asyncio
import hashlib
import os
import sys
from email.utils import parsedate_to_datetime

import httpx
import pytest

from shared.audit import AuditLog
from shared.contracts.users import UserDeleted, UserExportRequested
from shared.ids import new_id
from shared.pseudonyms import Pseudonyms
from shared.settings import development_secret
from tests.eventually import eventually
from tests.storage import samples
from tests.storage.conftest import Storage


@pytest.mark.parametrize("media_type", samples.WELL)
async def test_a_file_comes_back_as_it_was_sent(storage: Storage, media_type: str) -> None:
    content = samples.WELL[media_type]
    await storage.at_rest()
    data = await storage.uploaded(content, "Übung 1.bin", "public/sub")
    extension = data["key"].rpartition(".")[2]
    assert data["mimetype"] == media_type
    assert data["filename"] == f"Übung 1.bin.{extension}"
    assert data["size"] == len(content)
    assert data["sha256"] == hashlib.sha256(content).hexdigest()
    assert data["url"] == f"/storage/files/{data['key']}"
    answer = await storage.fetched(data["url"])
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == media_type
    kind = "inline" if media_type.startswith("image/") else "attachment"
    assert answer.headers["content-disposition"] == (
        f'{kind}; filename="_bung 1.bin.{extension}"; '
        f"filename*=UTF-8''%C3%9Cbung%201.bin.{extension}"
    )
    assert any(path.endswith(data["key"]) for path in storage.objects())
    assert await storage.loose() == []


async def test_a_part_of_a_file_can_be_had(storage: Storage) -> None:
    content = samples.mp4(100_000)
    data = await storage.uploaded(content)
    for asked, part in (
        ("bytes=0-0", content[:1]),
        ("bytes=5-99", content[5:100]),
        ("bytes=100000-", content[100_000:]),
        ("bytes=-7", content[-7:]),
    ):
        answer = await storage.fetched(data["url"], Range=asked)
        assert answer.content == part, asked
        assert answer.headers["content-range"].endswith(f"/{len(content)}")


async def test_who_has_a_file_gets_no_bytes(storage: Storage) -> None:
    data = await storage.uploaded(samples.png())
    tag = f'"{data["sha256"]}"'
    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await storage.http.get(data["url"], headers={"If-None-Match": asked})
        assert (answer.status_code, answer.content) == (304, b""), asked
        assert answer.headers["etag"] == tag
    assert (await storage.fetched(data["url"], **{"If-None-Match": '"x"'})).status_code == 200


async def test_what_is_not_public_is_there_for_admins_alone(storage: Storage) -> None:
    data = await storage.uploaded(samples.pdf(), folder="staff/notes")
    for headers in ({}, storage.bearer("user")):
        answer = await storage.http.get(data["url"], headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await storage.http.get(data["url"], headers=storage.bearer(), follow_redirects=True)
    assert answer.status_code == 200
    assert (await storage.http.get("/storage/files/public/none.png")).status_code == 404


async def removal(storage: Storage, address: str) -> tuple[int | None, bytes]:
    """The operator's command, to its status and what it says."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.learning.storage.removal", address),
        env=os.environ
        | {
            "AULA_MONGO_URL": storage.stack.mongo_url,
            "AULA_DATABASE_PREFIX": storage.database.name.removesuffix("_learning"),
            "AULA_DATA_DIR": str(storage.data),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await command.communicate()
    return command.returncode, said


async def test_an_upload_is_audited_and_an_operator_can_take_it_back(local: Storage) -> None:
    url = (await local.uploaded(samples.png(), folder="public"))["url"]
    key = url.removeprefix("/storage/files/")
    privacy_key = development_secret(str(local.data), "privacy-key")
    audit = AuditLog(local.database["audit"], Pseudonyms(privacy_key), privacy_key)
    assert [each.action for each in await audit.of(key)] == ["file.uploaded"]
    assert await removal(local, url) == (0, f"{key} is removed.\n".encode())
    assert (await local.fetched(url)).status_code == 404
    assert [each.action for each in await audit.of(key)] == ["file.uploaded", "file.removed"]
    await audit.verify()
    assert key not in await local.at_rest()
    assert await removal(local, key) == (1, f"There is no file {key}.\n".encode())
    status, said = await removal(local, "materials/x.pdf")
    assert (status, b"material" in said) == (1, True)


async def test_a_photo_belongs_to_the_export_and_the_erasure_of_its_person(
    storage: Storage,
) -> None:
    user = new_id()
    bearer = storage.bearer("user", user)
    urls = []
    for number in range(7):
        files = {"file": ("me.png", samples.png(filling=number))}
        answer = await storage.http.post("/storage/profile-photo", files=files, headers=bearer)
        assert answer.status_code == 201, answer.text
        assert user not in answer.text
        urls.append(answer.json()["data"]["url"])
    assert (await storage.fetched(urls[-1])).status_code == 200
    assert (await storage.fetched(urls[1])).status_code == 404  # five are kept
    await storage.say(UserExportRequested(user_id=user, export_id=new_id()))

    async def exported() -> bool:
        said = {"subject": "user.exported", "traces": user}
        return await storage.database["outbox"].find_one(said) is not None

    await eventually(exported, within=30)
    await storage.say(UserDeleted(user_id=user, erasure_id=new_id()))

    async def gone() -> bool:
        photos = [key for key in storage.objects() if "profile-photos" in key]
        return not photos and not await storage.loose()

    await eventually(gone, within=30)
    assert (await storage.fetched(urls[-1])).status_code == 404
    assert await storage.database["files"].find_one({"user_id": user}) is None
    files = {"file": ("me.png", samples.png())}
    answer = await storage.http.post("/storage/profile-photo", files=files, headers=bearer)
    assert answer.status_code == 401
    assert await gone()


async def test_what_is_refused_leaves_nothing_behind(storage: Storage) -> None:
    before = await storage.at_rest()
    bad = samples.png()[:-1]
    answers = await asyncio.gather(*(storage.upload(bad, f"{n}.png") for n in range(5)))
    assert [answer.status_code for answer in answers] == [400] * 5
    assert storage.objects() == before
    assert storage.spooled() == []
    assert await storage.loose() == []


async def test_a_date_serves_where_a_tag_is_not_known(local: Storage) -> None:
    data = await local.uploaded(samples.png())
    answer = await local.fetched(data["url"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=300"
    modified = answer.headers["last-modified"]
    assert parsedate_to_datetime(modified)
    again = await local.fetched(data["url"], **{"If-Modified-Since": modified})
    assert again.status_code == 304
    for beyond in ("Mon, 01 Jan 2020 00:00:00 +99999999999999999999", "1 Jan " + "9" * 30):
        never = await local.fetched(data["url"], **{"If-Modified-Since": beyond})
        assert never.status_code == 200


async def test_an_interrupted_download_goes_on_only_in_the_same_file(local: Storage) -> None:
    content = samples.mp4(5000)
    data = await local.uploaded(content)
    whole = await local.fetched(data["url"])
    for condition, status in (
        (whole.headers["etag"], 206),
        (whole.headers["last-modified"], 206),
        ('"another"', 200),
        (f"W/{whole.headers['etag']}", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
    ):
        headers = {"Range": "bytes=10-19", "If-Range": condition}
        answer = await local.fetched(data["url"], **headers)
        assert answer.status_code == status, condition
        assert answer.content == (content[10:20] if status == 206 else content)
    assert whole.headers["accept-ranges"] == "bytes"


async def test_ranges_that_cannot_be_had_are_refused(local: Storage) -> None:
    data = await local.uploaded(samples.png())
    size = len(samples.png())
    for asked in (f"bytes={size}-", "bytes=-0", "bytes=0-0,2-3"):
        answer = await local.fetched(data["url"], Range=asked)
        assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
        assert answer.headers["content-range"] == f"bytes */{size}"


async def test_a_bucket_is_opened_for_a_moment_after_the_right_was_checked(
    storage: Storage,
) -> None:
    content = samples.pdf()
    data = await storage.uploaded(content, folder="staff")
    refused = await storage.http.get(data["url"])
    assert refused.status_code == 404
    answer = await storage.http.get(data["url"], headers=storage.bearer())
    if storage.kind == "folder":
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-cache"
        return
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "private, no-store"
    link = answer.headers["location"]
    assert "X-Amz-Expires=300" in link
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(link)).content == content
        # For this one file, as it was signed.
        other = link.replace(data["key"], data["key"].replace("staff", "public"))
        assert (await anybody.get(other)).status_code == 403
        assert (await anybody.get(link.partition("?")[0])).status_code >= 400
