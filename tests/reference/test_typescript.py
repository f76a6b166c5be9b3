"""The definitions, held against the TypeScript compiler."""

import os
import subprocess
from pathlib import Path

import pytest
from deno import find_deno_bin

from deploy.reference.files import FOLDER

GOOD = """\
import type { Answer, Body, Code, Data, Path, Query, User } from "./client.d.ts";

const body: Body<"verifyOtp"> = { countryCode: "90", phoneNumber: "5551234567", code: "1234" };
const query: Query<"listCourses"> = { targetLanguage: "en", limit: 20 };
const path: Path<"findOwnResult"> = { resultId: "6b01c252e83658dae93260c2" };
const code: Code<"verifyOtp"> = "otp_expired";
const titles = (courses: Data<"listCourses">): string[] => courses.list.map((each) => each.title);
const who = (user: User): string => user.name ?? user.email ?? user.id;

function said(answer: Answer<"verifyOtp">): string {
  return answer.isSuccess ? who(answer.data.user) : `${answer.code}: ${answer.errors.join()}`;
}

export { body, code, path, query, said, titles };
"""
BAD = {
    "a member that is missing": """
import type { Body } from "./client.d.ts";
export const body: Body<"verifyOtp"> = { countryCode: "90", phoneNumber: "5551234567" };
""",
    "a member that is not known": """
import type { Body } from "./client.d.ts";
export const body: Body<"requestOtp"> = { email: "ada@aula.test", isAdmin: true };
""",
    "a code of another operation": """
import type { Code } from "./client.d.ts";
export const code: Code<"listCourses"> = "otp_expired";
""",
    "data before it is known that there are any": """
import type { Answer } from "./client.d.ts";
export const id = (answer: Answer<"findMe">): string => answer.data.id;
""",
    "an operation that does not exist": """
import type { Data } from "./client.d.ts";
export type Nothing = Data<"readMinds">;
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "client.d.ts").write_bytes((FOLDER / "client.d.ts").read_bytes())
    (folder / "good.ts").write_text(GOOD)
    for number, source in enumerate(BAD.values()):
        (folder / f"bad{number}.ts").write_text(source)
    return folder


def check(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DENO_DIR": str(folder / "deno"), "NO_COLOR": "1"}
    return subprocess.run(
        [find_deno_bin(), "check", "--no-remote", "--no-config", *names],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_what_a_client_is_meant_to_write_compiles(folder: Path) -> None:
    done = check(folder, "client.d.ts", "good.ts")
    assert done.returncode == 0, done.stderr


def test_what_is_wrong_does_not_compile(folder: Path) -> None:
    done = check(folder, *(f"bad{number}.ts" for number in range(len(BAD))))
    assert done.returncode == 1
    passed = [what for n, what in enumerate(BAD) if f"bad{n}.ts" not in done.stderr]
    assert not passed, done.stderr
