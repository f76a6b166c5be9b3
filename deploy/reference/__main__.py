"""`python -m deploy.reference`, which is `make docs`: writes `gateway/reference/` anew."""

import sys

from deploy.reference.files import FOLDER, made


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, content in made().items():
        (FOLDER / name).write_bytes(content)
        print(f"{FOLDER.name}/{name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
