"""`python launch.py SUPERVISOR_PID PROGRAM ARGUMENT...` becomes PROGRAM, tied to its supervisor.

The kernel kills the program when the supervisor dies, even by `kill -9` (on Linux; elsewhere this
adds nothing). A program of its own rather than a `preexec_fn`, because the supervisor has threads
and Python code between fork and exec can then hang on a lock that another thread held.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    supervisor, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have died before the line above, and then no signal will ever come.
        if os.getppid() != int(supervisor):
            sys.exit("the supervisor is gone")
    os.execv(command[0], command)  # noqa: S606  the supervisor chose it


if __name__ == "__main__":
    main()
