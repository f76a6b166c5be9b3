"""A visitor writes in Turkish and is answered, through the gateway; then they join, and leave."""

from services.notifications import texts
from tests.end_to_end.client import Json, bearer, dashboard, data_of, sign_in
from tests.end_to_end.conftest import Aula
from tests.eventually import eventually

VISITOR = "ziyaretci@aula.test"
MESSAGE = {
    "fullName": "Ayşe Işık",
    "email": "Ziyaretci@Aula.Test",
    "phone": "0555 123 45 67",
    "message": "Merhaba, akşam kursunuz var mı?",
    "source": "web",
}


async def test_a_visitor_is_answered_in_turkish_and_forgotten_as_a_member(
    aula: Aula, superadmin: Json
) -> None:
    admin, http, url = bearer(superadmin), aula.http, "/api/v1/contact"
    headers = {"Accept-Language": "tr-TR,tr;q=0.9", "Idempotency-Key": "a-visitor"}
    contact = data_of(await http.post(url, json=MESSAGE, headers=headers), 201)
    assert data_of(await http.post(url, json=MESSAGE, headers=headers), 201) == contact
    assert contact["email"] == VISITOR
    await eventually(lambda: aula.mailbox.to(VISITOR))

    (listed,) = data_of(await http.get("/contact?search=isik&status=PENDING", headers=admin))[
        "list"
    ]
    assert listed == contact
    answer = {"message": "Evet, salı ve perşembe."}
    path = f"/contact/{contact['id']}"
    replied = data_of(await http.post(f"{path}/reply", json=answer, headers=admin))
    assert (replied["status"], replied["repliedBy"]) == ("REPLIED", superadmin["user"]["id"])
    thanks, mail = await eventually(
        lambda: mails if len(mails := aula.mailbox.to(VISITOR)) == 2 else None
    )
    assert thanks.message["Subject"] == texts.CONTACT_SUBJECT.tr
    assert mail.message["Subject"] == "Re: Aula'ya gönderdiğiniz mesaj"
    assert mail.message["In-Reply-To"] == thanks.message["Message-ID"]
    assert answer["message"] in mail.part("plain")
    overview = await dashboard(http, admin)
    assert contact["id"] in [each["id"] for each in overview["recentActivity"]["contacts"]]
    assert overview["overview"]["contacts"]["replied"] >= 1

    signed_in = await sign_in(http, aula.mailbox, VISITOR)
    member, people = bearer(signed_in), aula.database("notifications")["people"]
    # Contacts are found by the email: let notifications hear of whose it is.
    theirs = {"_id": signed_in["user"]["id"], "email": VISITOR}
    await eventually(lambda: people.find_one(theirs), within=30)
    data_of(await http.post("/users/me/account-deletion", headers=member))
    data_of(await http.post("/users/me/account-deletion/finalize-now", headers=member))

    async def is_forgotten() -> bool:
        found = data_of(await http.get(f"/contact?search={VISITOR}", headers=admin))
        return not found["list"]

    await eventually(is_forgotten, within=30)
