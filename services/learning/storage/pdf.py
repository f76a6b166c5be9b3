"""What a PDF may be: whole, readable by everybody, with a page, and only to be looked at."""

import re
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

# Where a link may lead: not to a script, nor to a file of whoever looks at it.
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "sms", "ftp"))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+-]*):")
_NOT_SEEN = re.compile(r"[\x00-\x20\x7f]")  # readers leave it out, also within a scheme


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
    # To go to a place in the document is no more than an address, unless something comes next.
    if isinstance(opening, pikepdf.Dictionary) and (
        str(opening.get("/S")) != "/GoTo" or "/Next" in opening
    ):
        raise Active
    for found in (pdf.trailer, *pdf.objects):
        for each in _dictionaries(found):
            keys = each.keys()
            if not _ACTIVE_MEMBERS.isdisjoint(keys):
                raise Active
            if "/S" in keys and _is_active(each):
                raise Active
            # Its content is that of another file, wherever that is.
            if isinstance(each, pikepdf.Stream) and ("/F" in keys or "/Ref" in keys):
                raise Active
            if "/Subtype" in keys and _name(each["/Subtype"]) in _ANNOTATIONS:
                raise Active
            if "/Type" in keys and _name(each["/Type"]) == "/EmbeddedFile":
                raise Active


def _is_active(action: Any) -> bool:
    kind = _name(action["/S"])
    if kind == "/URI":
        return not _is_plain(action.get("/URI"))
    # A thread of articles may be one of another file.
    return kind in _ACTIONS or (kind == "/Thread" and "/F" in action)


def _is_plain(link: Any) -> bool:
    text = _NOT_SEEN.sub("", str(link)) if isinstance(link, pikepdf.String) else ""
    scheme = _SCHEME.match(text)
    return scheme[1].lower() in _SCHEMES if scheme else not text.startswith(("//", "\\"))


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
