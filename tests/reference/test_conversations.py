"""Every operation is asked what can be asked, by the document; it must know each answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.reference.fuzzing import Fuzzing, described, fuzzed

EXAMPLES = 1  # good ones and bad ones, for each operation; `fuzzing` by hand for more


@pytest.fixture(scope="module")
async def asked(data_dir: Path) -> AsyncIterator[Fuzzing]:
    async with fuzzed(data_dir / "reference", EXAMPLES) as fuzzing:
        yield fuzzing


def test_no_answer_is_unknown_to_the_document(asked: Fuzzing) -> None:
    assert not asked.wrong, "\n\n".join(f"{key}\n{text}" for key, text in asked.wrong.items())


def test_good_and_bad_requests_were_made_of_every_operation(asked: Fuzzing) -> None:
    operations = sum(1 for _ in described())
    assert asked.asked > operations * EXAMPLES
    assert {200, 400, 401, 404} <= set(asked.statuses)
