"""A client as a newcomer would write one: over the gateway, by the contract."""

import re
import time
from typing import Any

import httpx

from tests.eventually import eventually
from tests.notifications.smtp_peer import SmtpPeer

Json = dict[str, Any]


def data_of(answer: httpx.Response, status: int = 200) -> Any:
    envelope = answer.json()
    assert (answer.status_code, envelope["statusCode"]) == (status, status), envelope
    assert (envelope["isSuccess"], envelope["errors"]) == (True, [])
    return envelope["data"]


def bearer(result: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {result['accessToken']}"}


def codes_mailed_to(email: str, mailbox: SmtpPeer) -> list[str]:
    """The codes in the mails to `email`, read as a person would read them; mails of other kinds
    have none."""
    plain = [mail.part("plain") for mail in mailbox.to(email)]
    return [code for text in plain for code in re.findall(r"^\s+(\d{4,8})\s*$", text, re.M)]


async def code_mailed_to(email: str, mailbox: SmtpPeer, earlier: int = 0) -> str:
    """The newest code, once there are more than there were `earlier`."""
    codes = await eventually(lambda: codes_mailed_to(email, mailbox)[earlier:], within=30)
    return codes[-1]


async def sign_in(http: httpx.AsyncClient, mailbox: SmtpPeer, email: str) -> Json:
    """Ask for a code, read it in the mail, verify it: an AuthResult."""
    earlier = len(codes_mailed_to(email, mailbox))
    data_of(await http.post("/auth/otp/request", json={"email": email}))
    code = await code_mailed_to(email, mailbox, earlier=earlier)
    result: Json = data_of(await http.post("/auth/otp/verify", json={"email": email, "code": code}))
    return result


async def known(http: httpx.AsyncClient, token: dict[str, str]) -> None:
    """Returns once users has heard of whose `token` it is: the event may come after the token."""

    async def is_registered() -> bool:
        me = data_of(await http.get("/me", headers=token))
        return bool(me["email"] or me["phoneNumber"])

    await eventually(is_registered, within=30)


async def refused(http: httpx.AsyncClient, token: dict[str, str]) -> float:
    """Returns once the gateway refuses `token`: after how many seconds."""
    return await answered(http, "GET", "/me", token, status=401)


async def barred(http: httpx.AsyncClient, token: dict[str, str]) -> float:
    """Returns once the gateway lets its owner change nothing, being about to leave: after how many
    seconds."""
    return await answered(http, "PATCH", "/me", token, status=403)


async def answered(
    http: httpx.AsyncClient, method: str, path: str, token: dict[str, str], *, status: int
) -> float:
    """Of a PATCH the body is a bad one: it changes nothing."""
    started = time.monotonic()
    body = {"isAdmin": True} if method == "PATCH" else None

    async def is_it() -> bool:
        answer = await http.request(method, path, headers=token, json=body)
        return answer.status_code == status

    await eventually(is_it, within=30, every=0.01)
    return time.monotonic() - started


async def dashboard(http: httpx.AsyncClient, admin: dict[str, str], query: str = "") -> Json:
    """With every part: on a busy machine one may come too late."""

    async def complete() -> Json | None:
        data: Json = data_of(await http.get(f"/admin/dashboard{query}", headers=admin))
        return data if data["degraded"] == [] else None

    data: Json = await eventually(complete, within=30)  # type: ignore[assignment]  # never None
    return data
