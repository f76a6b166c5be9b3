"""The sample school: loaded once, found the next time."""

import asyncio
import io
import itertools
import sys
from pathlib import Path

import httpx
import pikepdf
import pytest

from deploy.api import Api, signed_in_admin, waited
from deploy.demo.walk import Walk
from deploy.ports import free_ports
from deploy.school.loading import LEARNER, School
from deploy.school.materials import MATERIALS, Material
from deploy.school.placement import BANDS, TESTS, PlacementTest
from deploy.stack import Stack
from tests.patience import PATIENT


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.language)
def test_each_test_goes_from_the_first_level_to_c1(test: PlacementTest) -> None:
    assert len(test.questions) == 12
    assert [level for level, _, _ in BANDS] == ["Pre-A1", "A1", "A2", "B1", "B2", "C1"]
    for question in test.questions:
        options = (*question.right, *question.wrong)
        assert len(set(options)) == len(options)


@pytest.mark.parametrize("material", MATERIALS, ids=lambda material: material.filename)
def test_its_files_are_sound(material: Material) -> None:
    with pikepdf.open(io.BytesIO(material.content)) as opened:
        assert len(opened.pages) == len(material.pages)
        assert opened.get_warnings() == []


async def test_loading_it_again_changes_nothing_and_a_walk_leaves_nothing(data_dir: Path) -> None:
    async with Stack(PATIENT, data_dir=data_dir / "school") as stack:
        await asyncio.to_thread(_try, stack.url("gateway"))


def _try(url: str) -> None:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        visitor = Api(http)
        admin = signed_in_admin(visitor)
        _load_twice(visitor, admin)
        _walk(visitor, admin)


def _load_twice(visitor: Api, admin: Api) -> None:
    assert all(step() for _, step in School(visitor, admin).steps())
    # Users may not have heard yet of who has just come: the admin and the learner.
    waited(lambda: len(admin.all("/admin/users")) == 2, "they are not listed")
    assert not any(step() for _, step in School(visitor, admin).steps())
    (learner,) = admin.all("/admin/users", search=LEARNER["email"])
    assert (learner["name"], learner["language"]) == ("Deniz", "tr")
    (result,) = admin.all("/proficiency-tests/admin/results")
    assert (result["user"]["id"], result["level"]) == (learner["id"], "B1")
    (material,) = admin.all(f"/education-materials/admin/users/{learner['id']}")
    assert material["title"] == MATERIALS[0].title
    assert {each["locale"] for each in admin.all("/courses")} == {"tr", "en", "es", "de"}
    assert len(visitor.all("/proficiency-tests")) == 3


def _walk(visitor: Api, admin: Api) -> None:
    lists = ("/admin/users", "/courses", "/proficiency-tests", "/education-materials", "/contact")
    before = {path: admin.all(path) for path in lists}
    walk = Walk(visitor, admin)
    assert all(step() for _, step in walk.steps())
    assert walk.clear_away() == []
    assert {path: admin.all(path) for path in lists} == before
    interrupted = Walk(visitor, admin)
    for _, step in itertools.islice(interrupted.steps(), 5):
        assert step()
    assert interrupted.clear_away() == []
    assert {path: admin.all(path) for path in lists} == before


def test_a_walk_says_what_it_cannot_remove() -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{free_ports(1)[0]}", trust_env=False) as nobody:
        walk = Walk(Api(nobody), Api(nobody))
        walk.made += ["/courses/1", "/contact/2"]
        left = walk.clear_away()
    assert [path.partition(" ")[0] for path in left] == ["/contact/2", "/courses/1"]


async def test_where_nothing_runs_it_says_so() -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.school", url, stderr=asyncio.subprocess.PIPE
    )
    said = (await process.communicate())[1].decode()
    assert process.returncode == 1
    assert "is `make run` running" in said
