"""`python -m deploy.demo [URL]`, which is `make demo`: a walk through the whole product on a
running stack, from registration to receipts. What it makes, it removes again.

`ADMIN_TOKEN` in the environment: an admin's access token; without it, it signs in as
`admin@aula.test` by the dev inbox.
"""

import argparse
import os
import sys
import time

import httpx

from deploy.api import Api, Failed, signed_in_admin
from deploy.components import base_port
from deploy.demo.walk import Walk
from deploy.errors import CannotStart


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("url", nargs="?", help="of the gateway; default: that of `make run`")
    try:
        url = parser.parse_args().url or f"http://127.0.0.1:{base_port(os.environ)}"
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            seconds = _show(http)
    except (Failed, CannotStart) as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    print(f"All of it worked, in {seconds:.0f} s.")
    return 0


def _show(http: httpx.Client) -> float:
    print(f"A walk through Aula at {http.base_url}", flush=True)
    started = time.monotonic()
    visitor, token = Api(http), os.environ.get("ADMIN_TOKEN")
    walk = Walk(visitor, Api(http, token) if token else signed_in_admin(visitor))
    try:
        steps = list(walk.steps())
        for number, (name, step) in enumerate(steps, 1):
            print(f"  [{number:2}/{len(steps)}] {name:<34}", end=" ", flush=True)
            print(step(), flush=True)
    finally:
        left = walk.clear_away()
        for path in left:
            print(f"\n  not removed: {path}", end="", file=sys.stderr)
    if left:
        raise Failed("what it made is partly there still")
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
