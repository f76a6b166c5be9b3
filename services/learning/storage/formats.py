"""The formats of images and videos: a file is what it begins as, whole, and nothing besides.

Plain Python over a memory map, run where hostile bytes can do no harm (inspection.py).
"""

import mmap
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

_MOST_PIXELS = 100_000_000  # what unpacks to more would take down those who look at it
_MOST_BOXES = 100_000
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_BOX_TYPE = re.compile(rb"[A-Za-z0-9 \xa9_-]{4}")
# JPEG segments that hold a frame's height and width.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Bytes = bytes | mmap.mmap


class Malformed(Exception):
    """It is not what it begins as, or ends too early, or too late."""


class TooManyPixels(Exception):
    pass


def check_png(data: Bytes) -> None:
    _require(data[:8] == b"\x89PNG\r\n\x1a\n")
    at, first, pixels = 8, True, False
    while True:
        length, kind = _unpack(">I4s", data, at)
        end = at + 12 + length
        _require(end <= len(data))
        content = data[at + 4 : end - 4]
        _require(zlib.crc32(content) == struct.unpack(">I", data[end - 4 : end])[0])
        _require(first == (kind == b"IHDR"))
        if first:
            _require(length == 13)
            _check_pixels(*_unpack(">II", content, 4))
        pixels = pixels or kind == b"IDAT"
        at, first = end, False
        if kind == b"IEND":
            break
    _require(pixels and at == len(data))


def check_gif(data: Bytes) -> None:
    _require(data[:6] in (b"GIF87a", b"GIF89a"))
    width, height, flags = _unpack("<HHB", data, 6)
    _check_pixels(width, height)
    at, images = 13 + _table(flags), 0
    while True:
        kind = _byte(data, at)
        if kind == 0x3B:
            break
        if kind == 0x21:
            at = _past_blocks(data, at + 2)
        else:
            _require(kind == 0x2C)
            width, height = _unpack("<HH", data, at + 5)
            _check_pixels(max(width, 1), max(height, 1))  # one of no size is only odd
            at = _past_blocks(data, at + 11 + _table(_byte(data, at + 9)))
            images += 1
    _require(images > 0 and at + 1 == len(data))


def check_jpeg(data: Bytes) -> None:
    """Several in a row are fine: cameras put smaller pictures behind, and fill up with zeros."""
    at = 0
    while True:
        at = _past_jpeg(data, at)
        if data[at : at + 3] != b"\xff\xd8\xff":
            break
    _require(not re.compile(rb"[^\x00]").search(data, at))


def _past_jpeg(data: Bytes, at: int) -> int:
    _require(data[at : at + 3] == b"\xff\xd8\xff")
    at, frame, scan = at + 2, False, False
    while True:
        _require(_byte(data, at) == 0xFF)
        marker = _byte(data, at + 1)
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == 0xD9:
            _require(frame and scan)
            return at + 2
        (length,) = _unpack(">H", data, at + 2)
        _require(length >= 2)
        if marker in _FRAMES:
            height, width = _unpack(">HH", data, at + 5)
            _check_pixels(width, height)
            frame = True
        at += 2 + length
        if marker == 0xDA:
            scan = True
            found = _MARKER.search(data, at)
            if found is None:
                raise Malformed
            at = found.start()


def check_webp(data: Bytes) -> None:
    riff, size, webp = _unpack("<4sI4s", data, 0)
    _require(riff == b"RIFF" and webp == b"WEBP" and size + 8 == len(data))
    at, kinds = 12, []
    while at < len(data):
        kind, length = _unpack("<4sI", data, at)
        if kind in _WEBP_SIZES:
            _check_pixels(*_WEBP_SIZES[kind](data, at + 8))
        kinds.append(kind)
        at += 8 + length + length % 2
    _require(at == len(data) and kinds[:1] in ([b"VP8X"], [b"VP8 "], [b"VP8L"]))
    _require(bool({b"VP8 ", b"VP8L", b"ANMF"} & set(kinds)))


def _vp8x_size(data: Bytes, at: int) -> tuple[int, int]:
    """Of the canvas: both in 24 bits, less one."""
    low, high, low_too, high_too = _unpack("<4xHBHB", data, at)
    return (high << 16 | low) + 1, (high_too << 16 | low_too) + 1


def _vp8l_size(data: Bytes, at: int) -> tuple[int, int]:
    """14 bits each, less one."""
    signature, bits = _unpack("<BI", data, at)
    _require(signature == 0x2F)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _vp8_size(data: Bytes, at: int) -> tuple[int, int]:
    """14 bits each, of a key frame; the other two say how to scale it."""
    start, width, height = _unpack("<3x3sHH", data, at)
    _require(start == b"\x9d\x01\x2a")
    return width & 0x3FFF, height & 0x3FFF


def _anmf_size(data: Bytes, at: int) -> tuple[int, int]:
    """Of a picture in a row of them, as of a canvas."""
    return _vp8x_size(data, at + 2)


_WEBP_SIZES: dict[bytes, Callable[[Bytes, int], tuple[int, int]]] = {
    b"VP8X": _vp8x_size,
    b"VP8L": _vp8l_size,
    b"VP8 ": _vp8_size,
    b"ANMF": _anmf_size,
}


def check_mp4(data: Bytes) -> None:
    at = 0
    kinds: set[bytes] = set()
    for _ in range(_MOST_BOXES):
        size, kind = _unpack(">I4s", data, at)
        if size == 1:
            (size,) = _unpack(">Q", data, at + 8)
            _require(size >= 16)
        elif size == 0:
            size = len(data) - at
        _require(size >= 8 and at + size <= len(data))
        _require(_BOX_TYPE.fullmatch(kind) is not None and (at > 0 or kind == b"ftyp"))
        kinds.add(kind)
        at += size
        if at == len(data):
            break
    _require(at == len(data) and b"moov" in kinds and b"mdat" in kinds)


def check_webm(data: Bytes) -> None:
    _require(data[:4] == b"\x1a\x45\xdf\xa3")
    size, at = _vint(data, 4)
    _require(size is not None and size < 1024)
    assert size is not None
    header = data[at : at + size]
    _require(b"\x42\x82\x84webm" in header)
    at += size
    _require(data[at : at + 4] == b"\x18\x53\x80\x67")
    size, at = _vint(data, at + 4)
    # A recording in a browser leaves its size open.
    _require(len(data) > at and (size is None or at + size == len(data)))


def _vint(data: Bytes, at: int) -> tuple[int | None, int]:
    """An EBML size and the place after it; None: unknown."""
    first = _byte(data, at)
    length = 9 - first.bit_length()
    _require(length <= 8 and at + length <= len(data))
    bits = 7 * length
    value = int.from_bytes(data[at : at + length], "big") & ((1 << bits) - 1)
    return (None if value == (1 << bits) - 1 else value), at + length


def _past_blocks(data: Bytes, at: int) -> int:
    while size := _byte(data, at):
        at += 1 + size
    return at + 1


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _unpack(layout: str, data: Bytes, at: int) -> tuple[Any, ...]:
    _require(at + struct.calcsize(layout) <= len(data))
    return struct.unpack_from(layout, data, at)


def _byte(data: Bytes, at: int) -> int:
    _require(at < len(data))
    return data[at]


def _check_pixels(width: int, height: int) -> None:
    _require(width > 0 and height > 0)
    if width * height > _MOST_PIXELS:
        raise TooManyPixels


def _require(holds: bool) -> None:
    if not holds:
        raise Malformed


CHECKS: dict[str, Callable[[Bytes], None]] = {
    "image/png": check_png,
    "image/gif": check_gif,
    "image/jpeg": check_jpeg,
    "image/webp": check_webp,
    "video/mp4": check_mp4,
    "video/webm": check_webm,
}
