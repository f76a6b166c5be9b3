"""People who write to the school, and the admins who answer them."""

from typing import Any

from shared.ids import new_id
from tests.eventually import eventually
from tests.notifications.api import Api
from tests.notifications.smtp_peer import Mail, SmtpPeer

PATH = "/contact"


def address() -> str:
    return f"{new_id()}@visitors.test"


def message(email: str, **more: Any) -> dict[str, Any]:
    return {"fullName": "Ayşe Işık", "email": email, "message": "Is there a course?", **more}


async def write(
    api: Api, email: str = "", who: dict[str, str] | None = None, status: int = 201, **more: Any
) -> Any:
    """What the writer is answered."""
    return await api.call("POST", PATH, who, message(email or address(), **more), status)


async def found(api: Api, **query: Any) -> list[dict[str, Any]]:
    """What admins see."""
    admin = api.bearer(new_id(), "admin")
    asked = "&".join(f"{name}={value}" for name, value in {"limit": 100, **query}.items())
    listed: list[dict[str, Any]] = (await api.call("GET", f"{PATH}?{asked}", admin))["list"]
    return listed


async def the_one(api: Api, email: str) -> dict[str, Any]:
    (contact,) = await found(api, search=email)
    return contact


async def mails(peer: SmtpPeer, to: str, number: int = 1) -> list[Mail]:
    """Once there are so many; there must not be more."""
    await eventually(lambda: len(peer.to(to)) >= number, within=30)
    assert len(peer.to(to)) == number
    return peer.to(to)
