"""Bad input of every kind at courses and settings: a 4xx in the envelope, never a 500."""

import asyncio

import pytest

from tests.learning.conftest import Learning
from tests.learning.test_courses import create

BODIES = (
    *(b"", b"{", b"[]", b"null", b"NaN", b'"text"', b'{"title":NaN}', b'{"value":Infinity}'),
    *(
        b'{"title":"\\ud800"}',
        b'{"key":"a","value":"\\ud800"}',
        b'{"key":"a","value":{"\\ud800":1}}',
    ),
    *(b'{"title":"\xed\xa0\x80"}', b'{"title":"a\\u0000"}', b'{"key":"a","value":"\\u0000"}'),
    *(b'{"title":{"$ne":null}}', b'{"$set":{"isPublished":true}}', b'{"__proto__":{"title":"x"}}'),
    b'{"key":"a","value":' + b"9" * 100_000 + b"}",
    b'{"key":"a","value":1e400}',
    b'{"key":"a","value":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"price":{"amount":' + b"9" * 5_000 + b',"currency":"EUR"}}',
    b'{"price":{"amount":"' + b"9" * 900_000 + b'","currency":"EUR"}}',
    b'{"tags":["' + b'","'.join([b"a"] * 100_000) + b'"]}',
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/courses"),
        ("PATCH", "/courses/{id}"),
        ("POST", "/settings"),
        ("PUT", "/settings/hostile"),
    ],
)
async def test_bodies_that_make_no_sense_are_refused(
    learning: Learning, method: str, path: str
) -> None:
    course = await create(learning, isPublished=True)
    headers = {**learning.bearer(), "Content-Type": "application/json"}
    url = path.replace("{id}", course["id"])
    answers = await asyncio.gather(
        *(learning.http.request(method, url, headers=headers, content=body) for body in BODIES)
    )
    for body, answer in zip(BODIES, answers, strict=True):
        assert answer.status_code == 400, (body[:40], answer.text[:200])
        assert answer.json()["code"]
    plain = {**headers, "Content-Type": "text/plain"}
    answer = await learning.http.request(method, url, headers=plain, content=b"{}")
    assert answer.status_code == 415
    shown = await learning.http.get(f"/courses/{course['id']}")
    assert (await learning.data(shown)) == course
    assert (await learning.http.get("/settings/hostile")).status_code == 404
