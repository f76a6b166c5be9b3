"""How `.ci/run` comes by its browser, with an `apt-get` that does as it is told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.components import ROOT

UPDATED, AWAY = "0", "100"  # what `apt-get update` ends with
BROKEN = "100"
WITHOUT = "is not tried in a browser"


@pytest.mark.parametrize(
    ("update", "install", "error", "without", "status", "said"),
    [
        (UPDATED, "0", "", "", 0, "Installing"),
        (AWAY, BROKEN, "broken", "", 0, WITHOUT),
        (UPDATED, BROKEN, "broken", "", 1, "does not install, though packages can be had"),
        (UPDATED, BROKEN, "broken", "1", 0, WITHOUT),
        (UPDATED, BROKEN, "Unable to locate package of that name", "", 0, WITHOUT),
    ],
)
def test_a_browser_that_does_not_install_is_a_failure_where_packages_can_be_had(
    tmp_path: Path, update: str, install: str, error: str, without: str, status: int, said: str
) -> None:
    for name in ("bash", "id", "tail"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name, text in {
        "apt-get": f'[ "$1" = update ] && exit {update}; echo E: {error}; exit {install}',
        "sudo": 'shift; exec "$@"',
    }.items():
        (tmp_path / name).write_text(f"#!{shutil.which('bash')}\n{text}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": str(tmp_path), "AULA_WITHOUT_BROWSER": without}
    ran = subprocess.run(
        [str(shutil.which("bash")), str(ROOT / ".ci" / "browser")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (status, "")
    assert said in ran.stdout
    assert (f"E: {error}" in ran.stdout) == (install == BROKEN), "the reason is shown"
