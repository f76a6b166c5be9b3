"""Contact: people write to the school, and are answered by mail in their language."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.stack import Stack
from services.notifications import texts
from services.notifications.contact import domain
from services.notifications.contact.limits import (
    OF_ADDRESS,
    OF_CLIENT,
    Ledgers,
    WroteTooOften,
    wait_of,
)
from services.notifications.settings import Secret
from shared.audit import AuditLog
from shared.clock import utc_now
from shared.ids import new_id
from shared.languages import LANGUAGES, Language
from shared.mongo import Session, in_transaction
from shared.pseudonyms import Pseudonyms
from tests.notifications.api import Api, running
from tests.notifications.contacts import PATH, address, found, mails, message, the_one, write
from tests.notifications.running import PRIVACY_KEY, notifications
from tests.notifications.smtp_peer import SmtpPeer, smtp_peer

OFFICE = "office@school.test"
MEMBERS = [
    *("id", "fullName", "email", "phone", "message", "source", "status", "reply", "repliedBy"),
    *("repliedAt", "createdAt"),
]
HOSTILE = "\u202eevil\u2066\u0085"


@pytest.fixture(scope="module")
async def peer() -> AsyncIterator[SmtpPeer]:
    async with smtp_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
async def api(backbone: Stack, peer: SmtpPeer) -> AsyncIterator[Api]:
    async with running(
        backbone, smtp_url=Secret(peer.url), contact_reply_to=OFFICE, contact_thanks=1_000
    ) as api:
        yield api


@pytest.fixture
def admin(api: Api) -> dict[str, str]:
    return api.bearer(new_id(), "admin")


async def reply(api: Api, contact_id: str, who: dict[str, str], **body: Any) -> Any:
    return await api.call("POST", f"{PATH}/{contact_id}/reply", who, {"message": "Yes.", **body})


async def said(api: Api, subject: str, contact_id: str) -> list[dict[str, Any]]:
    return [e for e in await api.service.said(subject) if e["contactId"] == contact_id]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_writes_is_thanked_and_answered_in_the_language_of_the_request(
    api: Api, peer: SmtpPeer, language: Language
) -> None:
    email, boss = address(), new_id()
    contact = await write(
        api,
        email,
        {"Accept-Language": f"{language}-XX, en;q=0.1"},
        phone="+90 (555) 123",
        source="web",
    )
    assert list(contact) == MEMBERS
    assert (contact["status"], contact["reply"], contact["source"]) == ("PENDING", None, "web")
    (thanks,) = await mails(peer, email)
    assert thanks.message["Subject"] == texts.CONTACT_SUBJECT.in_(language)
    assert thanks.message["Auto-Submitted"] == "auto-generated"
    # Anybody may have typed this address in: nothing of theirs goes there in our name.
    for form in ("plain", "html"):
        assert "Ayşe" not in thanks.part(form)
        assert "course" not in thanks.part(form)

    answered = await reply(
        api, contact["id"], api.bearer(boss, "admin"), message="Yes & <b>no</b>,\r\nsoon."
    )
    assert answered == {
        **contact,
        "status": "REPLIED",
        "reply": "Yes & <b>no</b>,\nsoon.",
        "repliedBy": boss,
        "repliedAt": answered["repliedAt"],
    }
    assert await the_one(api, email) == answered
    _, answer = await mails(peer, email, 2)
    assert answer.message["Subject"] == f"Re: {texts.CONTACT_SUBJECT.in_(language)}"
    assert answer.message["In-Reply-To"] == thanks.message["Message-ID"]
    assert answer.message["References"] == thanks.message["Message-ID"]
    assert answer.message["Reply-To"] == OFFICE
    assert answer.message["Auto-Submitted"] is None
    assert "Yes & <b>no</b>,\nsoon." in answer.part("plain").replace("\r\n", "\n")
    assert "Yes &amp; &lt;b&gt;no&lt;/b&gt;" in answer.part("html")
    assert texts.ANSWER_REFERENCE.in_(language).split("{")[0] in answer.part("plain")

    await reply(api, contact["id"], api.bearer(boss, "admin"), subject="  Once\u2028more ")
    *_, second = await mails(peer, email, 3)
    assert second.message["Subject"] == "Once more"
    assert second.message["In-Reply-To"] == answer.message["Message-ID"]
    ids = [thanks.message["Message-ID"], answer.message["Message-ID"]]
    assert second.message["References"].split() == ids

    (received,) = await said(api, "contact.received", contact["id"])
    assert received["language"] == language
    replies = [event["replies"] for event in await said(api, "contact.replied", contact["id"])]
    assert replies == [1, 2]
    assert email not in str(await api.service.said("contact.received"))


async def test_whoever_is_signed_in_is_answered_in_their_own_language_where_they_ask_for_none(
    api: Api, peer: SmtpPeer
) -> None:
    ada, email = await api.somebody(language="de"), address()
    await write(api, email, api.bearer(ada))
    (thanks,) = await mails(peer, email)
    assert thanks.message["Subject"] == texts.CONTACT_SUBJECT.de


async def test_the_same_request_again_is_one_message_and_one_mail(
    api: Api, peer: SmtpPeer, admin: dict[str, str]
) -> None:
    email = address()
    key = {"Idempotency-Key": new_id()}
    first = await write(api, email, key)
    assert await write(api, email, key) == first
    again = {**admin, **key}
    answers = [await reply(api, first["id"], again) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    await mails(peer, email, 2)
    (row,) = await api.database["contacts"].find({"email": email}).to_list()
    assert len(row["replies"]) == 1


async def test_an_answer_outlives_a_mail_server_that_refuses_for_a_while(
    api: Api, peer: SmtpPeer, admin: dict[str, str]
) -> None:
    email = address()
    contact = await write(api, email)
    await mails(peer, email)
    peer.rcpt[email] = ["451 later", "250 OK"]
    await reply(api, contact["id"], admin, message="A canary sings.")
    assert "canary" not in repr(await api.database["deliveries"].find().to_list())
    await mails(peer, email, 2)


async def test_a_process_that_only_answers_leaves_mails_to_those_that_deliver(
    backbone: Stack, peer: SmtpPeer
) -> None:
    email = address()
    async with running(backbone, notifications_mode="api", smtp_url=Secret(peer.url)) as api:
        await write(api, email)
        (row,) = await api.database["deliveries"].find().to_list()
        assert (row["state"], row["attempts"]) == ("queued", 0)
        async with notifications(backbone, api.prefix, smtp_url=Secret(peer.url)):
            await mails(peer, email)


async def test_the_school_hears_that_somebody_wrote_and_not_what(
    backbone: Stack, peer: SmtpPeer
) -> None:
    school = address()
    async with running(
        backbone, smtp_url=Secret(peer.url), contact_to=school, contact_thanks=0
    ) as api:
        email = address()
        await write(api, email, {"X-Language": "tr"})
        await write(api, website="https://buy.test")
        (notice,) = await mails(peer, school)
        assert notice.message["Subject"] == texts.LETTERS["contact_notice"].subject.tr
        for trace in (email, "Ayşe", "course"):
            assert trace not in notice.part("plain")
        assert peer.taken(email) == []


async def test_what_no_person_wrote_is_kept_closed_and_nobody_is_told(
    api: Api, peer: SmtpPeer, admin: dict[str, str]
) -> None:
    baits = (
        {"website": "https://buy.test"},
        {"fullName": "https://buy.test now"},
        {"message": " ".join(f"https://{name}.test" for name in "abcdef")},
    )
    for bait in baits:
        email = address()
        contact = await write(api, email, **bait)
        assert (list(contact), contact["status"]) == (MEMBERS, "PENDING")
        kept = await the_one(api, email)
        assert kept == {**contact, "status": "CLOSED"}
        assert kept in await found(api, status="CLOSED")
        assert await said(api, "contact.received", contact["id"]) == []
        assert contact["id"] not in str((await dashboard(api, admin))["contacts"])
        assert peer.taken(email) == []
    path = f"{PATH}/{contact['id']}/status"
    await api.call("PATCH", path, admin, {"status": "PENDING"})
    await api.call("PATCH", path, admin, {"status": "CLOSED"})
    await api.call("PATCH", path, admin, {"status": "IN_PROGRESS"})
    assert len(await said(api, "contact.received", contact["id"])) == 1
    assert contact["id"] in str((await dashboard(api, admin))["contacts"])


async def test_people_may_send_links_and_leave_out_what_they_do_not_see(
    api: Api, peer: SmtpPeer
) -> None:
    for more in (
        {"message": "See https://a.test and www.b.test"},
        # Written in full, and pages of one site.
        {"message": " or ".join(f"https://www.{name}.test/b1?x=1" for name in "abcde")},
        {"message": "\n".join(f"https://docs.test/{n}" for n in range(20))},
        {"website": ""},
        {"website": None},
    ):
        email = address()
        await write(api, email, **more)
        assert (await the_one(api, email))["status"] == "PENDING"
        await mails(peer, email)
    ada, email = await api.somebody(), address()
    await write(
        api, email, api.bearer(ada), message=" ".join(f"https://{n}.test" for n in range(6))
    )
    assert (await the_one(api, email))["status"] == "PENDING"


async def dashboard(api: Api, admin: dict[str, str]) -> Any:
    return await api.call("GET", "/dashboard/contacts", admin)


async def test_who_writes_often_is_slowed_exactly_and_told_until_when(
    api: Api, peer: SmtpPeer
) -> None:
    email = address()
    spellings = (email, email.upper(), f" {email}")
    answers = await asyncio.gather(
        *(api.http.post(PATH, json=message(spellings[n % 3])) for n in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 5
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "contact_too_often"
    assert 3_000 < int(refused.headers["Retry-After"]) <= 3_600
    assert len(await found(api, search=email)) == 5
    await mails(peer, email)  # once a day is enough
    assert email not in repr(await api.database["contact_ledgers"].find().to_list())


async def test_a_client_that_writes_in_many_names_is_slowed_too(api: Api) -> None:
    client = {"X-Forwarded-For": "2001:db8:1:2::1"}
    neighbour = {"X-Forwarded-For": "2001:db8:1:2:3::4"}  # of the same line
    answers = await asyncio.gather(
        *(api.http.post(PATH, json=message(address()), headers=client) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    refusal = await write(api, who=neighbour, status=429)
    assert refusal["code"] == "contact_too_often"
    await write(api, who={"X-Forwarded-For": "203.0.113.9"})
    assert "2001:db8" not in repr(await api.database["contact_ledgers"].find().to_list())


def test_the_wait_is_as_long_as_the_strictest_limit_asks() -> None:
    now = utc_now()
    hourly, daily = OF_ADDRESS
    ago = [now - timedelta(minutes=minutes) for minutes in (50, 40, 30, 20, 10)]
    assert wait_of(ago[1:], OF_ADDRESS, now) == 0
    assert wait_of(ago, OF_ADDRESS, now) == 600
    older = [now - timedelta(hours=20)] * 5
    assert wait_of([*older, *ago], OF_ADDRESS, now) == timedelta(hours=4).total_seconds()
    assert (hourly.amount, daily.amount, OF_CLIENT[0].amount) == (5, 10, 20)


async def test_thanks_have_a_limit_a_day_and_messages_do_not_depend_on_it(api: Api) -> None:
    ledgers = Ledgers(api.database[f"ledgers_{new_id()}"], Pseudonyms(PRIVACY_KEY))
    start = utc_now().replace(hour=6)

    async def thanked(email: str, hours: float) -> bool:
        async def work(session: Session) -> bool:
            now = start + timedelta(hours=hours)
            await ledgers.count_address(email, now, session)
            return await ledgers.may_thank(email, 2, now, session)

        return await in_transaction(api.database.client, work)

    assert await thanked("a@x.test", 0)
    assert not await thanked("a@x.test", 1)
    assert await thanked("b@x.test", 2)
    assert not await thanked("c@x.test", 3)
    assert not await thanked("a@x.test", 23)
    assert await thanked("a@x.test", 25)
    for _ in range(4):
        await thanked("c@x.test", 3)
    with pytest.raises(WroteTooOften):
        await thanked("c@x.test", 3)


async def test_admins_find_messages_by_what_they_remember_of_them(api: Api) -> None:
    email = address()
    contact = await write(
        api, email, fullName="Sınav Çağrı Öztürk", phone="+90 555 987 65 43", message="Hi"
    )
    near = await write(api, fullName="Sinav Other")
    for search in (
        "cagri",
        "öztürk",
        "SINAV çağ",
        email[:12],
        "0555 987",
        "%2B90 555 987",
        "90555987",
    ):
        ids = [each["id"] for each in await found(api, search=search)]
        assert contact["id"] in ids, search
        assert near["id"] not in ids
    assert {contact["id"], near["id"]} <= {each["id"] for each in await found(api, search="sina")}
    for nothing in ("agri", "zzz", "(a%2B)%2B$", ".*", "$ne", "Hi"):
        assert contact["id"] not in [each["id"] for each in await found(api, search=nothing)]
    assert await found(api, search="cagri", status="CLOSED") == []


async def test_the_list_has_the_newest_first_on_pages_that_fit_together(
    api: Api, admin: dict[str, str]
) -> None:
    ids = [(await write(api))["id"] for _ in range(5)]
    first = await api.call("GET", f"{PATH}?limit=2", admin)
    total = first["pagination"]["totalItems"]
    assert [each["id"] for each in first["list"]] == [ids[4], ids[3]]
    assert total == await api.database["contacts"].count_documents({})
    pages = range(1, first["pagination"]["totalPages"] + 1)
    listed = [
        each["id"]
        for page in pages
        for each in (await api.call("GET", f"{PATH}?limit=2&page={page}", admin))["list"]
    ]
    assert len(listed) == len(set(listed)) == total
    times = [each["createdAt"] for each in await found(api)]
    assert times == sorted(times, reverse=True)
    beyond = await api.call("GET", f"{PATH}?page=1000&status=PENDING", admin)
    assert beyond["list"] == []
    refusal = await api.call("GET", f"{PATH}?status=DONE", admin, status=400)
    assert "status: must be one of" in refusal["errors"][1]


async def test_admins_move_and_delete_and_it_is_noted(api: Api) -> None:
    boss = new_id()
    admin, contact = api.bearer(boss, "admin"), await write(api)
    path = f"{PATH}/{contact['id']}"
    for status in ("IN_PROGRESS", "IN_PROGRESS", "REPLIED", "CLOSED"):
        moved = await api.call("PATCH", f"{path}/status", admin, {"status": status})
        assert moved == {**contact, "status": status}
    await reply(api, contact["id"], admin)
    gone = await api.call("DELETE", path, {**admin, "X-Language": "tr"})
    assert gone == {"id": contact["id"], "message": "Silindi"}
    for method, tail, body in (
        ("DELETE", "", None),
        ("PATCH", "/status", {"status": "CLOSED"}),
        ("POST", "/reply", {"message": "?"}),
    ):
        await api.call(method, path + tail, admin, body, status=404)
        await api.call(method, f"{PATH}/nonsense{tail}", admin, body, status=400)
    assert await api.database["contact_repliers"].count_documents({"user_id": boss}) == 0
    log = AuditLog(api.database["audit"], Pseudonyms(PRIVACY_KEY), PRIVACY_KEY)
    deeds = [entry.action for entry in await log.of(boss)]
    assert deeds == ["contact.moved"] * 3 + ["contact.replied", "contact.deleted"]


async def test_only_admins_see_or_change_what_people_wrote(api: Api) -> None:
    contact = await write(api)
    path = f"{PATH}/{contact['id']}"
    for method, url, body in (
        ("GET", PATH, None),
        ("POST", f"{path}/reply", {"message": "?"}),
        ("PATCH", f"{path}/status", {"status": "CLOSED"}),
        ("DELETE", path, None),
        ("GET", "/dashboard/contacts", None),
    ):
        await api.call(method, url, None, body, status=401)
        await api.call(method, url, api.bearer(new_id()), body, status=403)


async def test_a_message_is_answered_as_often_as_there_is_room(
    api: Api, admin: dict[str, str]
) -> None:
    contact = await write(api)
    row = await api.database["contacts"].find_one({"_id": contact["id"]})
    assert row is not None
    each = {"message": "?", "subject": None, "at": utc_now()}
    many = [{"id": new_id(), **each} for _ in range(domain.MOST_REPLIES)]
    await api.database["contacts"].update_one({"_id": row["_id"]}, {"$set": {"replies": many}})
    path = f"{PATH}/{contact['id']}/reply"
    refusal = await api.call("POST", path, admin, {"message": "?"}, status=409)
    assert refusal["code"] == "contact_replies_used_up"


BAD = (
    *(
        {"fullName": ""},
        {"fullName": " "},
        {"fullName": "\u200b"},
        {"fullName": "A\r\nBcc: b@x.test"},
    ),
    *(
        {"fullName": "a" * 121},
        {"fullName": None},
        {"fullName": {"$ne": 1}},
        {"fullName": "a\u0000"},
    ),
    *(
        {"email": ""},
        {"email": "a"},
        {"email": "a@x.test\r\nBcc: b@x.test"},
        {"email": '"a b"@x.test'},
    ),
    *({"email": "a@x.test, b@x.test"}, {"email": "A <a@x.test>"}, {"email": ["a@x.test"]}),
    *({"email": "a" * 300 + "@x.test"}, {"email": "\u202ea@x.test"}),
    *({"phone": "call me"}, {"phone": "1" * 61}, {"phone": 5551234567}, {"phone": "+90\n555 123"}),
    *({"message": ""}, {"message": "\n \n"}, {"message": "a" * 5_001}, {"message": "\u2066\u2069"}),
    *({"message": "a\x1b[31m"}, {"source": "a\nb"}, {"source": "a" * 101}, {"website": 1}),
    *(
        {"status": "REPLIED"},
        {"isAdmin": True},
        {"id": new_id()},
        {"reply": "?"},
        {"userId": new_id()},
    ),
)


async def test_what_makes_no_sense_is_refused_and_nothing_of_it_is_kept(
    api: Api, admin: dict[str, str]
) -> None:
    before = await api.database["contacts"].count_documents({})
    for more in BAD:
        refusal = await api.call("POST", PATH, None, message(address()) | more, status=400)
        assert refusal["code"] in ("validation_failed", "malformed_request"), more
    raw = {"Content-Type": "application/json"}
    for content in (b"", b"{", b"[]", b"null", b'{"fullName":"\\ud800"}', b"[" * 100_000):
        answer = await api.http.post(PATH, content=content, headers=raw)
        assert answer.status_code == 400, content[:30]
    assert await api.database["contacts"].count_documents({}) == before

    contact = await write(api)
    path = f"{PATH}/{contact['id']}"
    for body in (
        *({}, {"message": ""}, {"message": "\u202e"}, {"message": "a" * 10_001}, {"message": None}),
        *(
            {"message": "a", "subject": "a\r\nBcc: b@x.test"},
            {"message": "a", "subject": "a" * 201},
        ),
        {"message": "a", "to": "b@x.test"},
    ):
        await api.call("POST", f"{path}/reply", admin, body, status=400)
    for value in ("pending", None, 1, {"$ne": 1}, "SPAM"):
        await api.call("PATCH", f"{path}/status", admin, {"status": value}, status=400)


async def test_marks_that_turn_text_around_are_taken_out_and_the_rest_stays(
    api: Api, peer: SmtpPeer, admin: dict[str, str]
) -> None:
    email = address()
    contact = await write(
        api,
        email,
        fullName=f" عائشة {HOSTILE} ",
        phone="\u202a+90 555\u00a0123 45 67\u202c",
        message="one\r\ntwo\u2028three \u202e",
        source=f"{HOSTILE}web",
    )
    assert contact["fullName"] == "عائشة evil"
    assert contact["phone"] == "+90 555 123 45 67"
    assert contact["message"] == "one\ntwo\nthree"
    assert contact["source"] == "evil web"
    await mails(peer, email)
    await reply(api, contact["id"], admin, message=HOSTILE, subject=f"\u0085 Yes{HOSTILE}")
    _, answer = await mails(peer, email, 2)
    assert answer.message["Subject"] == "Yesevil"
