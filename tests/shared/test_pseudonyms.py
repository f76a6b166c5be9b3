"""Stand-ins for people: the same for the same person and key, and nobody's way back."""

import os
import subprocess
import sys

from deploy.components import ROOT
from shared.pseudonyms import Pseudonyms

PERSON = "65cdd01890f43f1e2a000001"


def test_a_pseudonym_is_the_same_each_time_and_another_with_another_key() -> None:
    pseudonyms = Pseudonyms("key")
    assert pseudonyms.of(PERSON) == Pseudonyms("key").of(PERSON)
    assert pseudonyms.of(PERSON) != Pseudonyms("other key").of(PERSON)
    assert pseudonyms.of(PERSON) != pseudonyms.of(PERSON[:-1] + "2")


def test_it_is_32_hex_digits_that_do_not_hold_the_id() -> None:
    pseudonym = Pseudonyms("key").of(PERSON)
    assert len(bytes.fromhex(pseudonym)) == 16
    assert pseudonym[:24] != PERSON


def test_the_command_finds_the_pseudonym_of_an_id() -> None:
    key = "a key as long as production wants one to be"
    command = [sys.executable, "-m", "shared.pseudonyms", PERSON]
    environment = {**os.environ, "AULA_PRIVACY_KEY": key}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == f"{Pseudonyms(key).of(PERSON)}\n"


def test_the_command_says_what_it_lacks() -> None:
    command = [sys.executable, "-m", "shared.pseudonyms", PERSON]
    environment = {**os.environ, "AULA_ENVIRONMENT": "production", "AULA_PRIVACY_KEY": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"AULA_PRIVACY_KEY" in done.stderr


def test_the_command_asks_for_an_id() -> None:
    command = [sys.executable, "-m", "shared.pseudonyms"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"ID" in done.stderr
