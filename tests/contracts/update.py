"""`python -m tests.contracts.update`: writes golden files of new events and of added fields.

It refuses what would break a release that is still running: such a change is a new event, with a
new subject that ends in `.v2`. While nobody has ever published an event, delete its golden file.
"""

import sys

import msgspec

from shared.contracts import EVENTS
from tests.contracts.golden_file import GOLDEN, breaks, described, path_of, read


def main() -> int:
    refused = False
    GOLDEN.mkdir(exist_ok=True)
    for event in EVENTS:
        path, new = path_of(event), described(event)
        if path.exists() and (problems := breaks(read(event), new)):
            refused = True
            print(f"{event.subject}: {'; '.join(problems)}", file=sys.stderr)
            continue
        path.write_bytes(msgspec.json.format(msgspec.json.encode(new), indent=2) + b"\n")
    return int(refused)


if __name__ == "__main__":
    sys.exit(main())
