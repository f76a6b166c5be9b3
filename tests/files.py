"""What lies in a folder that running servers write to."""

import os
from contextlib import suppress
from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """By path below `folder`. Without files that were gone before they could be read."""
    found = {}
    for place, _, names in os.walk(folder):  # folders that are gone are no error here, unlike rglob
        for path in (Path(place, name) for name in names):
            with suppress(FileNotFoundError):
                if path.is_file():
                    found[str(path.relative_to(folder))] = path.read_bytes()
    return found
