"""Aula's API as the sample school and the demonstration use it: by the contract."""

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")

ADMIN = "admin@aula.test"
_WITHIN = 60.0  # seconds until what one service says has come to all others
_LONGEST_WAIT = 65  # seconds to wait where the API says when to come again


class Failed(Exception):
    """What went wrong, in words for whoever sits at the terminal."""


class Api:
    """Raises Failed for whatever is no 2xx."""

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: str | int) -> Any:
        return self._ask("GET", path, params=query)

    def all(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """All pages."""
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.get(path, **query, page=page, limit=100)
            found += answer["list"]
            if not answer["pagination"]["hasNextPage"]:
                return found
            page += 1

    def post(self, path: str, body: dict[str, Any] | None = None, *, language: str = "en") -> Any:
        headers = {"X-Language": language}
        return self._ask("POST", path, json=body, headers=headers)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PUT", path, json=body)

    def delete(self, path: str, *, body: dict[str, Any] | None = None, **query: str) -> Any:
        return self._ask("DELETE", path, params=query, json=body)

    def remove(self, path: str) -> None:
        """If it is there."""
        answer = self._sent("DELETE", path)
        if answer.status_code != 404:
            _data(answer, f"DELETE {path}")

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PATCH", path, json=body)

    def file(self, url: str, **headers: str) -> httpx.Response:
        """Of a file, or a part of it: followed to where it lies."""
        sent = self._headers | headers
        return self._sent("GET", url, headers=sent, follow_redirects=True)

    def status(self, path: str) -> int:
        """How a GET is answered, refusals too."""
        return self._sent("GET", path).status_code

    def upload(
        self,
        path: str,
        fields: dict[str, str],
        name: str,
        content: bytes,
        *,
        part: str = "pdfs",
        method: str = "POST",
    ) -> Any:
        """A form with one file, in the part of this name."""
        return self._ask(method, path, data=fields, files={part: (name, content)})

    def signed_in(self, email: str) -> tuple[Self, dict[str, Any]]:
        """As whoever has this address, by the code in the dev inbox; and who that is."""
        earlier = {each["id"] for each in self.dev_inbox(email)}
        self._ask("POST", "/auth/otp/request", json={"email": email})

        def code() -> str | None:
            new = (m for m in self.dev_inbox(email) if m["code"] and m["id"] not in earlier)
            return next((message["code"] for message in new), None)

        found = waited(
            code,
            f"no code for {email} came into the dev inbox; does this stack send"
            " real mail (AULA_SMTP_URL)?",
        )
        result = self.post("/auth/otp/verify", {"email": email, "code": found})
        return type(self)(self._http, result["accessToken"]), result["user"]

    def dev_inbox(self, to: str) -> list[dict[str, Any]]:
        """What went there instead of to them, newest first. `to`: an email, a number, or of pushes
        a person's id."""
        path, headers = "/dev/inbox", {"Accept": "application/json"}
        try:
            found: list[dict[str, Any]] = self._ask("GET", path, params={"to": to}, headers=headers)
        except Failed as error:
            if "404" in str(error):
                raise Failed(
                    "this stack has no dev inbox to read codes from: this is for development"
                ) from None
            raise
        return found

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self._sent(method, path, **more)
        if answer.status_code == 429 and _pause(answer) <= _LONGEST_WAIT:
            print(f"  the API asks to wait {_pause(answer)} s (429, {path})", flush=True)
            time.sleep(_pause(answer) + 1)
            answer = self._sent(method, path, **more)
        return _data(answer, f"{method} {path}")

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        more["headers"] = self._headers | more.get("headers", {})
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise Failed(
                f"no answer from {self._http.base_url} ({type(error).__name__}); is `make run`"
                " running in another terminal?"
            ) from None


def signed_in_admin(visitor: Api) -> Api:
    admin, user = visitor.signed_in(ADMIN)
    if user["role"] == "user":
        raise Failed(f"{ADMIN} is no admin here: AULA_BOOTSTRAP_SUPERADMINS names others")
    return admin


def waited(probe: Callable[[], T | None], what_if_not: str) -> T:
    """What `probe` returns as soon as that is something true."""
    deadline = time.monotonic() + _WITHIN
    while not (found := probe()):
        if time.monotonic() > deadline:
            raise Failed(f"{what_if_not} (waited {_WITHIN:.0f} s)")
        time.sleep(0.1)
    return found


def _data(answer: httpx.Response, asked: str) -> Any:
    try:
        envelope = answer.json()
    except ValueError:
        raise Failed(f"{asked}: {answer.status_code} without JSON; is that Aula?") from None
    if not answer.is_success:
        errors = "; ".join(envelope.get("errors", ()))
        raise Failed(f"{asked}: {answer.status_code} {envelope.get('code')}: {errors}")
    return envelope["data"]


def _pause(answer: httpx.Response) -> int:
    """Seconds; many where the answer does not say."""
    text = answer.headers.get("Retry-After", "")
    return int(text) if text.isdecimal() else _LONGEST_WAIT + 1
