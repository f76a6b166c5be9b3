"""What became of a process."""

import os
from pathlib import Path


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that has ended stays a zombie where process 1 collects none, as in some containers.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has gone just now, or there is no /proc
        return not Path("/proc/self/stat").exists()
    return not stat.rpartition(") ")[2].startswith("Z")
