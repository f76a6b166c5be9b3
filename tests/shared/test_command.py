"""What all commands of operators have in common."""

import asyncio
import sys

from deploy.components import ROOT

NOBODY = "mongodb://user:secret@127.0.0.1:1/?replicaSet=aula"


async def test_without_its_database_a_command_says_what_to_do() -> None:
    commands = (("shared.audit",), ("shared.messaging", "pending"))
    for status, output, errors in await asyncio.gather(*map(run, commands)):
        assert (status, output) == (1, "")
        (said,) = errors.splitlines()
        assert "AULA_MONGO_URL" in said
        assert "secret" not in said


async def run(command: tuple[str, ...]) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        cwd=ROOT,
        env={"AULA_MONGO_URL": NOBODY, "AULA_PRIVACY_KEY": "a key of a test"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()
