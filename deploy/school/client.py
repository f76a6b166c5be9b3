"""Aula's API as the sample school uses it: over the gateway, by the contract."""

import time
from typing import Any, Self

import httpx

_CODE_WITHIN = 15.0  # seconds until a code is in the dev inbox
_LONGEST_WAIT = 65  # seconds to wait where the API says when to come again


class SeedFailed(Exception):
    """Why the school could not be loaded, in words for whoever sits at the terminal."""


class Api:
    """Raises SeedFailed for whatever is no 2xx."""

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

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, json=body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PATCH", path, json=body)

    def upload(self, path: str, fields: dict[str, str], name: str, content: bytes) -> Any:
        files = {"pdfs": (name, content, "application/pdf")}
        return self._ask("POST", path, data=fields, files=files)

    def signed_in(self, email: str) -> tuple[Self, dict[str, Any]]:
        """As whoever has this address, by the code in the dev inbox; and who that is."""
        earlier = {each["id"] for each in self._inbox(email)}
        self._ask("POST", "/auth/otp/request", json={"email": email})
        deadline = time.monotonic() + _CODE_WITHIN
        while not (new := [m for m in self._inbox(email) if m["code"] and m["id"] not in earlier]):
            if time.monotonic() > deadline:
                raise SeedFailed(
                    f"no code for {email} came into the dev inbox within {_CODE_WITHIN:.0f} s;"
                    " does this stack send real mail (AULA_SMTP_URL)?"
                )
            time.sleep(0.1)
        result = self.post("/auth/otp/verify", {"email": email, "code": new[0]["code"]})
        return type(self)(self._http, result["accessToken"]), result["user"]

    def _inbox(self, email: str) -> list[dict[str, Any]]:
        path, headers = "/dev/inbox", {"Accept": "application/json"}
        try:
            found: list[dict[str, Any]] = self._ask(
                "GET", path, params={"to": email}, headers=headers
            )
        except SeedFailed as error:
            if "404" in str(error):
                raise SeedFailed(
                    "this stack has no dev inbox to read codes from: the sample school is for"
                    " development"
                ) from None
            raise
        return found

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        more["headers"] = self._headers | more.get("headers", {})
        try:
            answer = self._http.request(method, path, **more)
            if answer.status_code == 429 and _pause(answer) <= _LONGEST_WAIT:
                print(f"  the API asks to wait {_pause(answer)} s (429, {path})", flush=True)
                time.sleep(_pause(answer) + 1)
                answer = self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise SeedFailed(
                f"no answer from {self._http.base_url} ({type(error).__name__}); is `make run`"
                " running in another terminal?"
            ) from None
        return _data(answer, f"{method} {path}")


def _data(answer: httpx.Response, asked: str) -> Any:
    try:
        envelope = answer.json()
    except ValueError:
        raise SeedFailed(f"{asked}: {answer.status_code} without JSON; is that Aula?") from None
    if not answer.is_success:
        errors = "; ".join(envelope.get("errors", ()))
        raise SeedFailed(f"{asked}: {answer.status_code} {envelope.get('code')}: {errors}")
    return envelope["data"]


def _pause(answer: httpx.Response) -> int:
    """Seconds; many where the answer does not say."""
    text = answer.headers.get("Retry-After", "")
    return int(text) if text.isdecimal() else _LONGEST_WAIT + 1
