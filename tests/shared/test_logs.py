"""What is logged names nobody, even where an error's own words do."""

import json
import subprocess
import sys
from pathlib import Path

from deploy.components import ROOT

# In a process of its own, because logging is set up once a process.
PROGRAM = """
import logging
from pymongo.errors import DuplicateKeyError
from shared import logs
from shared.settings import Secret, Settings

def driver():
    raise DuplicateKeyError('E11000 duplicate key error: { email: "ann@aula.test" }')

def ours():
    try:
        driver()
    except DuplicateKeyError as error:
        raise RuntimeError("could not be saved") from error

logs.configure(Settings(environment="production", privacy_key=Secret("k" * 40)), "test")
try:
    ours()
except RuntimeError:
    logs.get("test").exception("failed")
try:
    driver()
except DuplicateKeyError:
    logging.getLogger("asyncio").exception("a task failed")
"""


def test_a_traceback_does_not_quote_what_the_database_said() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True
    )
    assert b"ann@aula.test" not in done.stdout + done.stderr
    ours, librarys = map(json.loads, done.stdout.splitlines())
    assert "DuplicateKeyError: (left out)" in ours["exception"]
    assert "RuntimeError: could not be saved" in ours["exception"]
    assert "in driver" in ours["exception"]
    assert "DuplicateKeyError: (left out)" in librarys["exception"]


def test_mongod_is_given_no_reason_to_log_a_filter() -> None:
    """It logs each findAndModify that meets another in a transaction, with its filter: so these
    may have one only where it names nobody."""
    harmless = {"shared/audit.py", "services/auth/repository.py"}  # the chain's head; counters
    places = {
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "gateway")
        for path in Path(ROOT, folder).rglob("*.py")
        if "find_one_and_" in path.read_text()
    }
    assert places == harmless
