"""Requests made from the document, good and bad ones, through the gateway, by people of each role;
the answers are held against the document.

`python -m tests.reference.fuzzing [examples]` does it at length, on a stack of its own.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.api import ADMIN
from deploy.reference.operations import operations
from deploy.stack import EVERYTHING, Stack
from shared.ids import new_id
from tests.eventually import eventually
from tests.patience import PATIENT
from tests.reference.document import API, closed
from tests.tokens import Signer, publish_keys

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = (None, "user", "admin", "superadmin")
LEAST = {each.id: each.route.role for each in operations()}
# Auth asks whether a session lives: there they sign in as people do.
OF_AUTH = {each.id for each in operations() if each.route.owner == "auth"}


@dataclass
class Fuzzing:
    """`there`: ids of what exists, by the first part of its path."""

    url: str
    signer: Signer
    examples: int
    report: Callable[[str], None] = lambda _: None
    there: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    _superadmin: dict[str, Any] = field(default_factory=dict)
    _session: requests.Session = field(default_factory=requests.Session)

    def run(self) -> None:
        self._session.trust_env = False
        self._seed()
        for operation in described():
            self.report(f"{operation.label} ({self.asked} so far)")
            self._try(operation, GenerationMode.POSITIVE)
            if can_be_wrong(operation):
                self._try(operation, GenerationMode.NEGATIVE)

    def _try(self, operation: APIOperation, mode: GenerationMode) -> None:
        strategy = operation.as_strategy(generation_mode=mode)
        least = LEAST[operation.definition.raw["operationId"]]

        @settings(
            max_examples=self.examples,
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        # Mostly somebody who may: to others it is a 401 or 403, and no more.
        @given(case=strategy, role=st.sampled_from((*[least] * 8, *ROLES)), known=st.booleans())
        def ask(case: Case, role: str | None, known: bool) -> None:
            self._ask(case, role, known)

        try:
            ask()
        except Unsatisfiable:
            self.wrong[f"{operation.label}: no request could be made"] = mode.name

    def _ask(self, case: Case, role: str | None, known: bool) -> None:
        there = self.there.get(case.path.split("/")[1])
        if known and there and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = there
        for name in [each for each in case.headers or () if each.lower() == "authorization"]:
            del case.headers[name]  # one made up is a 401, and no more
        headers = self._bearer(case, role) if role else {}
        answer = case.call(base_url=self.url, headers=headers, session=self._session, timeout=60)
        self.asked += 1
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                key = f"{case.method} {case.path} {answer.status_code} {type(failure).__name__}"
                text = f"{failure}\n{case.as_curl_command()[:600]}\n{answer.text[:600]}"
                if key not in self.wrong:
                    self.wrong[key] = text
                    self.report(f"== {key}\n{text}\n")

    def _bearer(self, case: Case, role: str) -> dict[str, str]:
        if case.operation.definition.raw["operationId"] not in OF_AUTH:
            return self.signer.bearer(new_id(), role)
        result = self._superadmin if case.path.startswith("/admin") else self._signed_in()
        return {"Authorization": f"Bearer {result['accessToken']}"}

    def _signed_in(self) -> dict[str, Any]:
        """Somebody new, by a code that is in the answer, as in development."""
        email = f"{new_id()}@aula.test"
        sent = self._post("/auth/send-otp-email", {"email": email})
        return self._post("/auth/verify-otp-email", {"email": email, "code": sent["code"]})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = self.signer.bearer(new_id(), "admin")
        answer = self._session.post(self.url + path, json=body, headers=headers, timeout=60)
        assert answer.ok, (path, answer.text)
        data: dict[str, Any] = answer.json()["data"]
        return data

    def _seed(self) -> None:
        self.there = {
            path[1:]: self._post(path, body).get("id", "") for path, body in SEEDS.items()
        }
        self.there["admin"] = self._signed_in()["user"]["id"]
        sent = self._post("/auth/send-otp-email", {"email": ADMIN})
        code = {"email": ADMIN, "code": sent["code"]}
        self._superadmin = self._post("/auth/verify-otp-email", code)


SEEDS: dict[str, dict[str, Any]] = {
    "/courses": {"title": "English", "targetLanguage": "en", "level": "A1", "isPublished": True},
    "/proficiency-tests": {
        "title": "English",
        "targetLanguage": "en",
        "maxAttempts": 0,
        "questions": [
            {
                "text": "?",
                "type": "single",
                "options": [{"text": "a"}, {"text": "b", "isCorrect": True}],
            }
        ],
        "levelRanges": [{"level": "A1", "minScore": 0, "maxScore": 100}],
    },
    "/settings": {"key": "contact", "value": {"phone": "1"}},
    "/contact": {"fullName": "Ada", "email": "ada@aula.test", "message": "When do you open?"},
}


def described() -> Iterator[APIOperation]:
    """But for aliases, which are forwarded as what they stand for."""
    schema = schemathesis.openapi.from_dict(closed(API), config=SchemathesisConfig())
    for found in schema.get_all_operations():
        operation = found.ok()
        if "x-alias-of" not in operation.definition.raw:
            yield operation


def can_be_wrong(operation: APIOperation) -> bool:
    """Not what takes nothing, or any text, from anybody."""
    told = operation.definition.raw
    given = [each["schema"] for each in told["parameters"] if each.get("in") in ("path", "query")]
    any_text = all(schema == {"type": "string"} for schema in given)
    needs_token = bool(told["security"]) and {} not in told["security"]
    return needs_token or "requestBody" in told or not any_text


@asynccontextmanager
async def fuzzed(
    folder: Path, examples: int, report: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Fuzzing]:
    """After a run against a stack of its own, which is still there."""
    signer = Signer()
    async with Stack(PATIENT, data_dir=folder, only=EVERYTHING) as stack:
        await publish_keys(stack.nats_url, signer)
        async with httpx.AsyncClient(base_url=stack.url("gateway"), timeout=60) as http:
            await eventually(lambda: _is_known(http, signer), within=30)
        fuzzing = Fuzzing(stack.url("gateway"), signer, examples, report)
        await asyncio.to_thread(fuzzing.run)
        yield fuzzing


async def _is_known(http: httpx.AsyncClient, signer: Signer) -> bool:
    """To the gateway and the services behind it; auth goes by tokens of its own."""
    headers = signer.bearer(new_id(), "admin")
    paths = ("/me", "/settings", "/notifications")
    return {(await http.get(path, headers=headers)).status_code for path in paths} == {200}


async def main(examples: int) -> int:
    with tempfile.TemporaryDirectory(prefix="aula-") as folder:
        async with fuzzed(Path(folder), examples, partial(print, flush=True)) as fuzzing:
            pass
    print(f"{fuzzing.asked} requests, {dict(sorted(fuzzing.statuses.items()))}")
    return int(bool(fuzzing.wrong))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
