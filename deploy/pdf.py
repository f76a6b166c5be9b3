"""A small PDF: pages of lines in Helvetica, in the letters of Western Europe."""

from collections.abc import Sequence

_HEIGHT, _LEFT, _TOP, _LEADING = 842, 72, 770, 20


def written(title: str, pages: Sequence[Sequence[str]]) -> bytes:
    """One page for each of `pages`, each under the title. The same lines make the same bytes."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        content = _content(title, lines)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 {_HEIGHT}] /Contents"
            f" {5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _content(title: str, lines: Sequence[str]) -> bytes:
    shown = [b"BT", b"/F1 20 Tf %d %d Td %d TL" % (_LEFT, _TOP, 2 * _LEADING), _shown(title)]
    shown += [b"/F1 12 Tf %d TL" % _LEADING, *map(_shown, lines), b"ET"]
    return b"\n".join(shown)


def _shown(line: str) -> bytes:
    text = line.encode("cp1252")
    for special in (b"\\", b"(", b")"):
        text = text.replace(special, b"\\" + special)
    return b"(%b) Tj T*" % text


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(out))
    )
