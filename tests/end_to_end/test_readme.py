"""README's walk, run as it stands there."""

import asyncio
import re
import sys
from pathlib import Path

from deploy.stack import Stack
from tests.patience import PATIENT

README = Path(__file__).parents[2] / "README.md"


def commands() -> str:
    """Every `$` line of the walk, with its continuations."""
    walk = README.read_text().split("## Five minutes with curl")[1].split("\n## ")[0]
    blocks = re.findall(r"```console\n(.*?)```", walk, re.S)
    lines = re.findall(r"^\$ ((?:.*\\\n)*.*)", "\n".join(blocks), re.M)
    return "\n".join(lines)


# Where the walk waits for what is on its way, it waits until that has arrived, however long
# that takes: a machine busy with other tests is slow.
SLEEP = f"sleep() {{ {sys.executable} -m tests.end_to_end.settled %s %s; }}\n"


async def test_the_walk_in_readme_does_what_it_says(data_dir: Path, tmp_path: Path) -> None:
    async with Stack(PATIENT, data_dir=data_dir / "readme") as stack:
        script = commands().replace("localhost:8080", stack.url("gateway").removeprefix("http://"))
        script = script.replace("/tmp/", f"{tmp_path}/")
        seed = f'ADMIN_TOKEN="$ADMIN" {sys.executable} -m deploy.school {stack.url("gateway")}'
        script = script.replace('make seed ADMIN_TOKEN="$ADMIN"', seed)
        script = SLEEP % (f"'{stack.mongo_url}'", stack.nats_url) + script
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output = (await process.communicate())[0].decode()
    answers = re.findall(r'\{"isSuccess":(true|false),"statusCode":(\d+)', output)
    statuses = [int(status) for _, status in answers]
    assert statuses == [*[200] * 9, 401, *[200] * 3, 200, 403, 200, 200, 200, 401, 200, 200], output
    assert '"name":"Ada"' in output
    assert "13 made, 0 found" in output
    assert "Conversación en español" in output
    assert '"level":"B1"' in output
    assert "Kimlik doğrulaması gerekli" in output
    assert "account_deletion_pending" in output
    assert '"state":"complete"' in output
