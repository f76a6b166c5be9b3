"""What a PDF may be: whole, readable by everybody, with a page, and only to be looked at."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

# Names of members that make something happen, or carry something along.
_ACTIVE_MEMBERS = frozenset(
    ("/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent")
)
_ACTIONS = frozenset(
    (
        "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/GoToE", "/GoToR",
        "/Rendition", "/Movie", "/Sound", "/RichMediaExecute",
    )
)  # fmt: skip
_ANNOTATIONS = frozenset(("/RichMedia", "/FileAttachment", "/Screen", "/Movie", "/Sound", "/3D"))


class Damaged(Exception):
    pass


class Encrypted(Exception):
    pass


class Active(Exception):
    pass


class WithoutPages(Exception):
    pass


def pages_of(file: BinaryIO) -> int:
    """How many there are. Raises one of the exceptions above."""
    if file.read(5) != b"%PDF-" or not _ends_well(file):
        raise Damaged
    try:
        # What a lenient reader would piece together is not what was checked here.
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Encrypted
            _refuse_active(pdf)
            pages = len(pdf.pages)
            if pdf.get_warnings():
                raise Damaged
    except pikepdf.PasswordError:
        raise Encrypted from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        raise Damaged from None
    if not pages:
        raise WithoutPages
    return pages


def _ends_well(file: BinaryIO) -> bool:
    size = file.seek(0, 2)
    file.seek(max(0, size - 1024))
    end = file.read().rstrip(b"\0\t\n\f\r ")
    file.seek(0)
    return end.endswith(b"%%EOF")


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    opening = pdf.Root.get("/OpenAction")
    # To go to a place in the document is no more than an address.
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S")) != "/GoTo":
        raise Active
    for found in (pdf.trailer, *pdf.objects):
        for each in _dictionaries(found):
            keys = each.keys()
            if not _ACTIVE_MEMBERS.isdisjoint(keys):
                raise Active
            if "/S" in keys and _name(each["/S"]) in _ACTIONS:
                raise Active
            if "/Subtype" in keys and _name(each["/Subtype"]) in _ANNOTATIONS:
                raise Active
            if "/Type" in keys and _name(each["/Type"]) == "/EmbeddedFile":
                raise Active


def _dictionaries(found: Any) -> Iterator[Any]:
    """Those in an object itself: what it refers to is an object of its own."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Stream):
            yield each
            children = [each[key] for key in each.keys()]  # noqa: SIM118  no mapping of Python's
        elif isinstance(each, pikepdf.Dictionary):
            yield each
            children = [each[key] for key in each.keys()]  # noqa: SIM118  nor is this one
        elif isinstance(each, pikepdf.Array):
            children = list(each)
        else:
            continue
        waiting += [
            child
            for child in children
            if isinstance(child, pikepdf.Object) and not child.is_indirect
        ]


def _name(value: Any) -> str | None:
    return str(value) if isinstance(value, pikepdf.Name) else None
