"""Small files of every kind, whole and well."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf


def png(width: int = 1, height: int = 1, filling: int = 0) -> bytes:
    """`filling`: bytes of a comment that makes it larger."""
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    comment = _chunk(b"tEXt", b"Comment\0" + b"x" * filling) if filling else b""
    pixels = zlib.compress(b"\0" * (1 + width) * min(height, 1000))
    chunks = _chunk(b"IHDR", ihdr) + comment + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


def gif() -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    control = b"\x21\xf9\x04\0\0\0\0\0"
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return screen + control + image + b"\x3b"


def jpeg() -> bytes:
    app0 = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", 1, 1) + b"\x01\x01\x11\0"
    table = b"\xff\xc4\0\x14\0" + b"\x01" + b"\0" * 15 + b"\0"
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\x12\x34\xff\0\x56" * 100
    return b"\xff\xd8" + app0 + frame + table + scan + b"\xff\xd9"


def webp() -> bytes:
    chunk = b"VP8L" + struct.pack("<I", 14) + b"\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def mp4(filling: int = 1000) -> bytes:
    return video_head(filling) + b"\0" * filling


def video_head(size: int) -> bytes:
    """Of an MP4 file whose last box has `size` bytes, still to come."""
    ftyp = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"mp42")
    moov = struct.pack(">I4s", 16, b"moov") + b"\0" * 8
    return ftyp + moov + struct.pack(">I4s", 8 + size, b"mdat")


def webm() -> bytes:
    header = b"\x42\x86\x81\x01\x42\x82\x84webm"
    cluster = b"\x1f\x43\xb6\x75\x88" + b"\0" * 8
    head = b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(header)]) + header
    return head + b"\x18\x53\x80\x67" + bytes([0x80 | len(cluster)]) + cluster


def pdf(
    change: Callable[[pikepdf.Pdf], None] = lambda _: None, pages: int = 1, **save: Any
) -> bytes:
    """`change` does something to it before it is saved."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    change(document)
    file = io.BytesIO()
    document.save(file, **save)
    return file.getvalue()


WELL = {
    "image/png": png(),
    "image/gif": gif(),
    "image/jpeg": jpeg(),
    "image/webp": webp(),
    "application/pdf": pdf(),
    "video/mp4": mp4(),
    "video/webm": webm(),
}
