"""One-time codes over real sockets: limits, single use, what a code is bound to, races."""

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.auth.service import Auth, new_address, new_email, new_number, wrong


async def verify(auth: Auth, email: str, code: Any, at: str = "") -> httpx.Response:
    return await auth.post("/auth/verify-otp-email", {"email": email, "code": code}, at=at)


def seconds(answer: httpx.Response) -> int:
    return int(answer.headers["retry-after"])


async def test_a_code_works_once(auth: Auth) -> None:
    email = new_email()
    code = await auth.ask(email)
    assert (await verify(auth, email, code)).status_code == 200
    again = await verify(auth, email, code)
    assert (again.status_code, again.json()["code"]) == (400, "otp_invalid")


async def test_a_code_lives_five_minutes(auth: Auth) -> None:
    email = new_email()
    code = await auth.ask(email)
    auth.clock.turn(seconds=301)
    late = await verify(auth, email, code)
    assert (late.status_code, late.json()["code"]) == (400, "otp_expired")


async def test_asking_again_sends_the_same_code_with_its_original_end(auth: Auth) -> None:
    email = new_email()
    first = await auth.ask(email)
    for _ in range(2):
        await verify(auth, email, wrong(first))
    auth.clock.turn(seconds=61)
    assert await auth.ask(email) == first
    for _ in range(3):  # tries are not reset
        assert (await verify(auth, email, wrong(first))).status_code == 400
    assert (await verify(auth, email, first)).status_code == 429
    rows = auth.database["outbox"].find({"subject": "otp.requested"})
    ends = [row["payload"] async for row in rows if email.encode() in row["payload"]]
    assert len(ends) == 2
    assert len({payload.split(b'"expiresAt":')[1] for payload in ends}) == 1
    auth.clock.turn(seconds=240)
    second = await auth.ask(email)
    assert (await verify(auth, email, second)).status_code == 200


async def test_a_code_is_refused_after_five_wrong_tries_but_not_to_others(auth: Auth) -> None:
    email, stranger, owner = new_email(), new_address(), new_address()
    code = await auth.ask(email)
    for _ in range(5):
        assert (await verify(auth, email, wrong(code), at=stranger)).status_code == 400
    used_up = await verify(auth, email, code, at=stranger)
    assert (used_up.status_code, used_up.json()["code"]) == (429, "otp_tries_used_up")
    assert 0 < seconds(used_up) <= 300
    assert (await verify(auth, email, code, at=owner)).status_code == 200


async def test_an_ipv6_client_is_its_slash_64(auth: Auth) -> None:
    email = new_email()
    code = await auth.ask(email)
    for host in range(5):
        await verify(auth, email, wrong(code), at=f"2001:db8:0:7::{host}")
    assert (await verify(auth, email, code, at="2001:db8:0:7:ffff::1")).status_code == 429
    assert (await verify(auth, email, code, at="2001:db8:0:8::1")).status_code == 200


async def test_a_code_gets_twenty_tries_in_all_and_then_there_is_a_new_one(auth: Auth) -> None:
    email = new_email()
    code = await auth.ask(email)
    for _ in range(4):
        at = new_address()
        for _ in range(5):
            assert (await verify(auth, email, wrong(code), at=at)).status_code == 400
    assert (await verify(auth, email, code, at=new_address())).status_code == 429
    auth.clock.turn(seconds=61)
    fresh = await auth.ask(email)
    assert len(set(await auth.codes_sent(email))) == 2 or fresh == code  # one in 10,000
    assert (await verify(auth, email, fresh, at=new_address())).status_code == 200


async def test_failures_in_a_row_outlive_a_new_code_and_slow_more_and_more(auth: Auth) -> None:
    auth.clock.stop()
    email = new_email()
    looked_at, waits = 0, []
    for _ in range(12):
        code = await auth.ask(email)
        for _ in range(5):
            answer = await verify(auth, email, wrong(code))
            looked_at += answer.status_code == 400
            if looked_at >= 20 and answer.status_code == 429:
                waits.append(seconds(answer))
        auth.clock.turn(seconds=max(waits[-1:] or [0]) if looked_at >= 20 else 60)
        auth.clock.turn(hours=3)
    assert looked_at < 30
    assert max(waits) > 600
    assert waits == sorted(waits)


async def test_the_right_code_forgets_the_failures(auth: Auth) -> None:
    email = new_email()
    for _ in range(6):  # 24 failures in all, but never 20 in a row
        code = await auth.ask(email)
        for _ in range(4):
            assert (await verify(auth, email, wrong(code))).status_code == 400
        assert (await verify(auth, email, code)).status_code == 200
        auth.clock.turn(hours=1)


async def test_sends_are_a_minute_apart_five_an_hour_and_ten_a_day(auth: Auth) -> None:
    auth.clock.stop()
    email = new_email()
    started = auth.clock()
    sent = []
    while auth.clock() - started < timedelta(hours=26):
        answer = await auth.post("/auth/otp/request", {"email": email})
        if answer.status_code == 429:
            assert answer.json()["code"] == "otp_sent_too_often"
            auth.clock.turn(seconds=seconds(answer))
            continue
        assert answer.status_code == 200, "a client that waits as told is not refused again"
        sent.append(auth.clock())
    gaps = [later - sooner for sooner, later in itertools.pairwise(sent)]
    assert min(gaps) >= timedelta(seconds=60)
    assert min(gaps[4:]) < timedelta(hours=1) and sent[5] - sent[0] >= timedelta(hours=1)
    assert sent[10] - sent[0] >= timedelta(days=1)


async def test_all_ways_to_ask_share_the_limits_of_an_identifier(auth: Auth) -> None:
    email = new_email()
    await auth.ask(email)
    other_way = await auth.post("/auth/otp/request", {"email": email.upper()})
    assert other_way.status_code == 429
    assert 0 < seconds(other_way) <= 60


async def test_ten_parallel_sends_produce_one_message(auth: Auth) -> None:
    email = new_email()
    asking = (auth.post("/auth/otp/request", {"email": email}) for _ in range(10))
    answers = await asyncio.gather(*asking)
    assert sorted(answer.status_code for answer in answers) == [200] + [429] * 9
    assert len(await auth.codes_sent(email)) == 1


async def test_fifty_parallel_right_codes_open_one_session(auth: Auth) -> None:
    email = new_email()
    code = await auth.ask(email)
    addresses = [new_address() for _ in range(25)] * 2
    answers = await asyncio.gather(*(verify(auth, email, code, at) for at in addresses))
    assert Counter(answer.status_code for answer in answers)[200] == 1
    assert {answer.status_code for answer in answers} <= {200, 400, 429}
    (signed_in,) = [answer for answer in answers if answer.status_code == 200]
    user_id = signed_in.json()["data"]["user"]["id"]
    assert await auth.database["sessions"].count_documents({"user_id": user_id}) == 1
    assert await auth.database["identities"].count_documents({"email": email}) == 1


@pytest.mark.parametrize(("addresses", "most"), [(1, 5), (50, 20)])
async def test_two_hundred_wrong_codes_with_the_right_one_among_them(
    auth: Auth, addresses: int, most: int
) -> None:
    email = new_email()
    code = await auth.ask(email)
    places = [new_address() for _ in range(addresses)]
    guesses = [wrong(code)] * 100 + [code] + [wrong(code)] * 100
    # All of them meet at one document: many more at once, and a slow machine gives up on some.
    at_once = asyncio.Semaphore(20)

    async def guessed(number: int, guess: str) -> httpx.Response:
        async with at_once:
            return await verify(auth, email, guess, places[number % addresses])

    answers = await asyncio.gather(
        *(guessed(number, guess) for number, guess in enumerate(guesses))
    )
    count = Counter(answer.status_code for answer in answers)
    succeeded = count[200] == 1
    gone = sum(
        answer.status_code == 400 and answer.json()["code"] == "otp_invalid" for answer in answers
    )
    assert set(count) <= {200, 400, 429}
    assert count[200] <= 1
    if not succeeded:  # after success there is no code any more, and nothing to look at
        assert gone <= most
    ledger = await auth.database["code_ledgers"].find_one({"_id": f"email:{email}"})
    assert ledger is not None
    tries = [challenge["tries"] for challenge in ledger["challenges"].values()]
    assert all(each <= most for each in tries)


async def test_the_victim_of_a_spammer_still_gets_in(auth: Auth) -> None:
    email, spammer, owner = new_email(), new_address(), new_address()
    code = await auth.ask(email, at=owner)
    spam = [verify(auth, email, wrong(code), at=spammer) for _ in range(40)]
    asking = [auth.post("/auth/otp/request", {"email": email}, at=spammer) for _ in range(10)]
    await asyncio.gather(*spam, *asking)
    assert (await verify(auth, email, code, at=owner)).status_code == 200


async def test_a_code_is_bound_to_purpose_channel_and_identifier(auth: Auth) -> None:
    email, other, number = new_email(), new_email(), new_number()
    code = await auth.ask(email)
    await auth.ask(other)
    phone = {"countryCode": "90", "phoneNumber": number}
    sent = (await auth.post("/auth/send-otp", phone)).json()["data"]
    if code != sent["code"]:
        assert (await auth.post("/auth/verify-otp", {**phone, "code": code})).status_code == 400
    theirs = await verify(auth, other, code)
    same_code_by_chance = code in await auth.codes_sent(other)
    assert theirs.status_code == (200 if same_code_by_chance else 400)
    answer = await auth.post("/auth/otp/verify", {"email": email, "code": code})
    assert (answer.status_code, answer.json()["code"]) == (400, "otp_invalid")
    assert (await verify(auth, email, code)).status_code == 200


async def test_known_and_unknown_identifiers_get_the_same_answers(auth: Auth) -> None:
    known, unknown = new_email(), new_email()
    await auth.sign_in(known)
    auth.clock.turn(seconds=61)
    for path in ("/auth/otp/request", "/auth/otp/request", "/auth/send-otp-email"):
        answers = [await auth.post(path, {"email": email}) for email in (known, unknown)]
        shapes = [
            (
                answer.status_code,
                sorted(set(answer.headers) - {"x-request-id"}),
                answer.headers["content-type"],
                answer.json()["errors"],
                answer.json().get("code"),
                answer.json()["data"] and sorted(answer.json()["data"]),
            )
            for answer in answers
        ]
        assert shapes[0] == shapes[1]
    tries = [
        await auth.post("/auth/otp/verify", {"email": email, "code": "000000"})
        for email in (known, unknown)
    ]
    assert [answer.status_code for answer in tries] == [400, 400]
    assert tries[0].json()["errors"] == tries[1].json()["errors"]


@pytest.mark.parametrize(
    "code",
    [
        1234,
        None,
        {"$gt": ""},
        {"$ne": None},
        ["1234"],
        True,
        "",
        " 1234",
        "1234 ",
        "12 34",
        "1234\n",
        "１２３４",  # noqa: RUF001
        "٠١٢٣",
        "12a4",
        "+123",
        "123",
        "1" * 1000,
    ],
)
async def test_what_is_no_code_is_no_try_either(auth: Auth, code: Any) -> None:
    email = new_email()
    right = await auth.ask(email)
    for _ in range(6):
        answer = await verify(auth, email, code)
        assert answer.status_code == 400
        assert answer.json()["code"] == "validation_failed"
        assert answer.json()["errors"][0] == "Validation failed"
    assert (await verify(auth, email, right)).status_code == 200


async def test_leading_zeros_are_kept(auth: Auth) -> None:
    for _ in range(200):
        email = new_email()
        code = await auth.ask(email)
        assert len(code) == 4
        if code.startswith("0"):
            break
    else:
        pytest.fail("no code began with 0")
    assert (await verify(auth, email, code.lstrip("0") or "0")).status_code == 400
    assert (await verify(auth, email, code)).status_code == 200


async def test_each_way_has_its_length(auth: Auth) -> None:
    email, number = new_email(), new_number()
    await auth.post("/auth/otp/request", {"email": email})
    await auth.post("/auth/send-otp", {"countryCode": "90", "phoneNumber": number})
    assert [len(code) for code in await auth.codes_sent(email)] == [6]
    assert [len(code) for code in await auth.codes_sent(f"+90{number}")] == [4]


async def test_addresses_have_caps_but_not_loopback_in_development(auth: Auth) -> None:
    auth.clock.stop()
    at = new_address()
    most = auth.settings.sends_per_address_hour
    asking = (
        auth.post("/auth/otp/request", {"email": new_email()}, at=at) for _ in range(most + 10)
    )
    count = Counter(answer.status_code for answer in await asyncio.gather(*asking))
    assert count == {200: most, 429: 10}
    refused = await auth.post("/auth/otp/request", {"email": new_email()}, at=at)
    assert 0 < seconds(refused) <= 3600
    asking = (auth.post("/auth/otp/request", {"email": new_email()}) for _ in range(most + 10))
    assert {answer.status_code for answer in await asyncio.gather(*asking)} == {200}


@pytest.mark.parametrize(
    "phone",
    [
        {"countryCode": "44", "phoneNumber": "7400123456"},
        {"countryCode": "90", "phoneNumber": "9001234567"},
        {"countryCode": "870", "phoneNumber": "773123456"},
        {"countryCode": "90", "phoneNumber": "2121234567"},
    ],
)
async def test_an_unsupported_phone_is_refused_before_any_cost(
    auth: Auth, phone: dict[str, str]
) -> None:
    before = await auth.database["counters"].count_documents({})
    answer = await auth.post("/auth/send-otp", phone)
    assert (answer.status_code, answer.json()["code"]) == (400, "phone_not_supported")
    assert await auth.database["counters"].count_documents({}) == before


async def test_sms_to_numbers_with_the_same_prefix_have_a_cap(auth: Auth) -> None:
    auth.clock.stop()
    window = int(auth.clock().timestamp()) // 3600
    prefix = {"_id": f"prefix:+9053012:3600:{window}"}
    most = auth.settings.sms_per_prefix_hour
    await auth.database["counters"].update_one(prefix, {"$set": {"n": most - 1}}, upsert=True)
    bodies = [{"countryCode": "90", "phoneNumber": f"530120000{n}"} for n in range(3)]
    answers = [await auth.post("/auth/send-otp", body) for body in bodies]
    assert [answer.status_code for answer in answers] == [201, 429, 429]
    elsewhere = {"countryCode": "90", "phoneNumber": "5310000001"}
    assert (await auth.post("/auth/send-otp", elsewhere)).status_code == 201
