"""Looks into one file, given as standard input, in a process of its own: `python -m
services.learning.storage.inspection <media type>`. Says on standard output, as JSON, what it found.

The process is handed no secret of ours, and ends by itself when it needs more memory or time than
any honest file. It is the same user's, with the same disk and network (ADR 26).
"""

import json
import mmap
import os
import re
import resource
import signal
import sys
import zipfile

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 45

_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)


def main(media_type: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)
    size = os.fstat(0).st_size
    # The file itself is mapped, at most once by us and once by the reader of PDFs.
    memory = MEMORY + 2 * size
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        answer = _looked_at(media_type)
    except MemoryError:
        answer = {"refused": "too_complex"}
    sys.stdout.write(json.dumps(answer))


def _looked_at(media_type: str) -> dict[str, object]:
    with open(0, "rb", closefd=False) as file:
        if _MARKUP.search(file.read(1024)) or zipfile.is_zipfile(file):
            return {"refused": "damaged"}  # something else as well
        file.seek(0)
        if media_type == "application/pdf":
            from services.learning.storage import pdf  # noqa: PLC0415  takes long to load

            try:
                return {"pages": pdf.pages_of(file)}
            except pdf.Damaged:
                return {"refused": "damaged"}
            except pdf.Encrypted:
                return {"refused": "encrypted"}
            except pdf.Active:
                return {"refused": "active"}
            except pdf.WithoutPages:
                return {"refused": "without_pages"}
        from services.learning.storage import formats  # noqa: PLC0415  not needed for a PDF

        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                formats.CHECKS[media_type](data)
            except formats.Malformed:
                return {"refused": "damaged"}
            except formats.TooManyPixels:
                return {"refused": "too_complex"}
    return {}


if __name__ == "__main__":
    main(sys.argv[1])
