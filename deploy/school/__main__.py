"""`python -m deploy.school [URL]`, which is `make seed`: a sample school for a running stack.

Repeating it makes only what is missing. `ADMIN_TOKEN` in the environment: an admin's access token;
without it, it signs in as `admin@aula.test` by the dev inbox.
"""

import argparse
import os
import sys

import httpx

from deploy.api import ADMIN, Api, Failed, signed_in_admin
from deploy.components import base_port
from deploy.errors import CannotStart
from deploy.school.loading import LEARNER, School


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.school", description=__doc__)
    parser.add_argument("url", nargs="?", help="of the gateway; default: that of `make run`")
    try:
        url = parser.parse_args().url or f"http://127.0.0.1:{base_port(os.environ)}"
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            made, there = _load(http)
    except (Failed, CannotStart) as error:
        print(f"The sample school could not be loaded: {error}", file=sys.stderr)
        return 1
    print(f"The sample school is there: {made} made, {there} found.")
    print(f"Sign in as {ADMIN} to run it, as {LEARNER['email']} to learn in it.")
    return 0


def _load(http: httpx.Client) -> tuple[int, int]:
    print(f"Loading a sample school into {http.base_url}", flush=True)
    visitor = Api(http)
    token = os.environ.get("ADMIN_TOKEN")
    admin = Api(http, token) if token else signed_in_admin(visitor)
    steps = list(School(visitor, admin).steps())
    made = 0
    for number, (name, step) in enumerate(steps, 1):
        print(f"  [{number:2}/{len(steps)}] {name:<50}", end=" ", flush=True)
        is_new = step()
        made += is_new
        print("made" if is_new else "there already", flush=True)
    return made, len(steps) - made


if __name__ == "__main__":
    sys.exit(main())
