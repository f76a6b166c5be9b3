"""Pushes may have 4 KB. A longer text is cut: half of it is better than none."""

from collections.abc import Callable

MOST = 4096  # bytes, of APNs' payloads as of FCM's messages
MOST_TITLE = 200  # characters


def fitted(written: Callable[[str], bytes], text: str, most: int = MOST) -> bytes:
    """`written(text)`, or with as much of the text as makes it fit."""
    whole = written(text)
    if len(whole) <= most:
        return whole
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(written(_cut(text, middle))) <= most:
            fits = middle
        else:
            too_long = middle
    return written(_cut(text, fits))


def _cut(text: str, length: int) -> str:
    return text[:length].rstrip() + "…" if length else ""
