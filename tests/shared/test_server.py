"""A process at its start, on its own."""

import asyncio
import os
import sys

import pytest

_PROGRAM = """
import ctypes
from shared.http.server import serve
from shared.settings import Settings, SettingsError

PR_GET_DUMPABLE = 3

def create_app(settings):
    raise SettingsError(f"dumpable: {ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)}")

serve("test", Settings, create_app)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no /proc to read")
@pytest.mark.parametrize(("environment", "dumpable"), [("production", 0), ("development", 1)])
async def test_in_production_other_processes_read_neither_environment_nor_memory(
    environment: str, dumpable: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM),
        env=os.environ | {"AULA_ENVIRONMENT": environment},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert (process.returncode, said) == (2, f"test cannot start: dumpable: {dumpable}\n".encode())
