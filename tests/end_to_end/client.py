"""A client as a newcomer would write one: over the gateway, by the contract."""

import re
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


async def code_mailed_to(
    email: str, mailbox: SmtpPeer, within: float = 10, earlier: int = 0
) -> str:
    """The newest code, once there are more than there were `earlier`."""
    codes = await eventually(lambda: codes_mailed_to(email, mailbox)[earlier:], within)
    return codes[-1]


async def sign_in(http: httpx.AsyncClient, mailbox: SmtpPeer, email: str) -> Json:
    """Ask for a code, read it in the mail, verify it: an AuthResult."""
    earlier = len(codes_mailed_to(email, mailbox))
    data_of(await http.post("/auth/otp/request", json={"email": email}))
    code = await code_mailed_to(email, mailbox, earlier=earlier)
    result: Json = data_of(await http.post("/auth/otp/verify", json={"email": email, "code": code}))
    return result


async def refused(http: httpx.AsyncClient, token: dict[str, str], within: float) -> None:
    """Returns once the gateway refuses `token`; it must do so `within` seconds."""

    async def is_401() -> bool:
        return (await http.get("/me", headers=token)).status_code == 401

    await eventually(is_401, within, every=0.01)
