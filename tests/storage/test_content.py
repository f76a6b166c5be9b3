"""What a file is decided by what is in it: whole and one thing only, or refused."""

import asyncio
import io
import struct
import tempfile
import zipfile
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from services.learning.storage import formats, pdf
from services.learning.storage.domain import (
    ANY_KIND,
    KINDS,
    MP4,
    PDF,
    PDFS,
    PNG,
    FileDamaged,
    FileTooComplex,
    FileTypeNotAllowed,
    clean_name,
)
from services.learning.storage.inspector import Inspector
from services.learning.storage.store import kind_of
from tests.storage import samples
from tests.storage.conftest import Storage

PICTURES_AND_VIDEOS = [kind for kind in samples.WELL if kind in formats.CHECKS]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.html", "<script>")
    return file.getvalue()


@pytest.mark.parametrize("media_type", PICTURES_AND_VIDEOS)
def test_a_picture_or_video_is_whole_and_has_nothing_behind_it(media_type: str) -> None:
    content, check = samples.WELL[media_type], formats.CHECKS[media_type]
    check(content)
    for length in range(len(content)):
        with pytest.raises(formats.Malformed):
            check(content[:length])
    with pytest.raises(formats.Malformed):
        check(content + b"<script>alert(1)</script>")


def test_cameras_put_more_pictures_behind_a_picture() -> None:
    formats.check_jpeg(samples.jpeg() + samples.jpeg() + b"\0" * 100)


def test_a_changed_picture_is_noticed() -> None:
    content = bytearray(samples.png(filling=100))
    content[60] ^= 1
    with pytest.raises(formats.Malformed):
        formats.check_png(bytes(content))


def test_a_picture_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(formats.TooManyPixels):
        formats.check_png(samples.png(60_000, 60_000))


LARGEST = 0x3FFF  # each way, of the two plain kinds of WebP


@pytest.mark.parametrize(
    "chunk",
    [
        b"VP8L\x06\0\0\0\x2f" + struct.pack("<I", LARGEST << 14 | LARGEST) + b"\0",
        b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", LARGEST, LARGEST),
        b"VP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\0" * 2,
        b"VP8X\x0a\0\0\0"
        + b"\0" * 10
        + b"ANMF\x10\0\0\0"
        + b"\0" * 6
        + b"\xff\xff\0" * 2
        + b"\0" * 4,
    ],
)
def test_no_picture_within_a_webp_unpacks_to_too_much(chunk: bytes) -> None:
    content = b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
    with pytest.raises(formats.TooManyPixels):
        formats.check_webp(content)


def test_no_picture_within_a_gif_unpacks_to_too_much() -> None:
    small, large = (b"\x2c\0\0\0\0" + struct.pack("<HH", n, n) for n in (1, 0xFFFF))
    content = samples.gif()
    assert small in content
    with pytest.raises(formats.TooManyPixels):
        formats.check_gif(content.replace(small, large))


@pytest.mark.parametrize("media_type", samples.WELL)
def test_a_kind_is_told_by_its_first_bytes(media_type: str) -> None:
    assert kind_of(samples.WELL[media_type][:4096], ANY_KIND) == KINDS[media_type]


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        b"<html><script>alert(1)</script>" + samples.pdf(),
        b"\n" + samples.pdf(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + b"\0" * 100,
        b"\x7fELF" + b"\0" * 100,
        b"#!/bin/sh\n",
        b"plain text",
        b"\0" * 5000,
        struct.pack(">I4s4sI", 16, b"ftyp", b"heic", 0),
    ],
)
def test_what_is_of_no_kind_that_we_take_is_refused(content: bytes) -> None:
    with pytest.raises(FileTypeNotAllowed):
        kind_of(content[:4096], ANY_KIND)
    with pytest.raises(FileTypeNotAllowed):
        kind_of(samples.png(), PDFS)


def _pages(content: bytes) -> int:
    return pdf.pages_of(io.BytesIO(content))


def test_the_pages_of_a_pdf_are_counted() -> None:
    assert _pages(samples.pdf(pages=3)) == 3
    assert _pages(samples.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)) == 1
    with pytest.raises(pdf.WithoutPages):
        _pages(samples.pdf(pages=0))


def test_to_open_a_pdf_at_a_page_is_no_action() -> None:
    def at_a_page(document: Pdf) -> None:
        page = document.pages[0].obj
        place = Array([page, Name.Fit])
        document.Root.OpenAction = Dictionary(S=Name.GoTo, D=place)
        document.pages[0].Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Link, A=_link(each)) for each in PLAIN]
        )

    assert _pages(samples.pdf(at_a_page)) == 1


PLAIN = (
    "https://aula.test/a:b",
    "MAILTO:a@aula.test",
    "tel:+90",
    "page.html",
    "#top",
    "www.a.test",
)


def _link(uri: str) -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(uri))


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        " java\nScript:x",
        "file:///etc/passwd",
        "\\\\host\\share",
        "//host/share",
    ],
)
def test_a_link_to_a_script_or_to_somebodys_files_is_active(uri: str) -> None:
    with pytest.raises(pdf.Active):
        _pages(samples.pdf(lambda document: _annotated(document, A=_link(uri))))


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _annotated(document: Pdf, **members: object) -> None:
    annotation = Dictionary(Type=Name.Annot, **members)
    document.pages[0].Annots = Array([annotation])


ACTIVE = {
    "opens with a script": lambda d: d.Root.__setattr__("OpenAction", _script()),
    "opens with a launch": lambda d: d.Root.__setattr__("OpenAction", Dictionary(S=Name.Launch)),
    "opens at a page and then another": lambda d: d.Root.__setattr__(
        "OpenAction", Dictionary(S=Name.GoTo, D=String("here"), Next=_link("https://aula.test"))
    ),
    "scripts by name": lambda d: d.Root.__setattr__("Names", Dictionary(JavaScript=Dictionary())),
    "files": lambda d: d.attachments.__setitem__("a.exe", b"MZ"),
    "a page that does something": lambda d: d.pages[0].obj.__setattr__("AA", Dictionary()),
    "a form with XFA": lambda d: d.Root.__setattr__("AcroForm", Dictionary(XFA=String("x"))),
    "rich media": lambda d: _annotated(d, Subtype=Name.RichMedia),
    "an attached file": lambda d: _annotated(d, Subtype=Name.FileAttachment),
    "a script behind a link": lambda d: _annotated(d, Subtype=Name.Link, A=_script()),
    "a script in a list": lambda d: d.Root.__setattr__("Next", Array([Array([_script()])])),
    "a form that is sent": lambda d: _annotated(d, A=Dictionary(S=Name.SubmitForm)),
    "an object that nobody uses": lambda d: d.Root.__setattr__(
        "Spare", d.make_indirect(Dictionary(Deep=Array([_script()])))
    ),
    "an article elsewhere": lambda d: _annotated(d, A=Dictionary(S=Name.Thread, F=String("a.pdf"))),
    "a stream elsewhere": lambda d: d.Root.__setattr__("Spare", Stream(d, b"", F=String("a.bin"))),
    "a stream": lambda d: d.Root.__setattr__("Spare", Stream(d, b"x", JS=String("x"))),
}


@pytest.mark.parametrize("what", ACTIVE)
def test_a_pdf_with_active_content_is_refused(what: str) -> None:
    for packed in pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate:
        content = samples.pdf(ACTIVE[what], object_stream_mode=packed)
        with pytest.raises(pdf.Active):
            _pages(content)


def test_other_spellings_of_a_name_do_not_hide_it() -> None:
    def scripted(document: Pdf) -> None:
        _annotated(document, A=Dictionary(JS=String("0123456789")))

    content = samples.pdf(scripted, qdf=True)
    spelled = content.replace(b"/JS (0123456789)", b"/#4a#53 (012345)")
    assert spelled != content
    with pytest.raises(pdf.Active):
        _pages(spelled)


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_pdf_is_refused(password: str) -> None:
    encryption = pikepdf.Encryption(user=password, owner="owner")
    with pytest.raises(pdf.Encrypted):
        _pages(samples.pdf(encryption=encryption))


def test_a_pdf_that_is_cut_or_has_something_behind_it_is_refused() -> None:
    content = samples.pdf(pages=2)
    for length in range(5, len(content) - 6, 7):
        with pytest.raises(pdf.Damaged):
            _pages(content[:length])
    for more in (zipped(), b"<html>"):
        with pytest.raises(pdf.Damaged):
            _pages(content + more)
    with pytest.raises(pdf.Damaged):  # the table says that there is an object where there is none
        _pages(content.replace(b"2 0 obj", b"7 0 obj"))


async def looked_at(content: bytes, media_type: str, seconds: float = 30) -> int | None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return await Inspector(seconds).pages_of(file, KINDS[media_type])


async def test_the_inspector_counts_pages_and_refuses_two_things_in_one() -> None:
    assert await looked_at(samples.pdf(pages=2), "application/pdf") == 2
    assert await looked_at(samples.png(), "image/png") is None
    page = samples.pdf(qdf=True).replace(b"%\xbf\xf7\xa2\xfe", b"%<script>alert(1)</script>", 1)
    inside = samples.png(filling=10).replace(b"x" * 10, b"<script>xx")
    with_zip = samples.mp4(2000)[:-500] + zipped().ljust(500, b"\0")[:500]
    for content, media_type in (
        (page, "application/pdf"),
        (b"GIF89a<script>alert(1)</script>" + samples.gif()[6:], "image/gif"),
        (inside, "image/png"),
        (samples.mp4(1000)[: -len(zipped())] + zipped(), "video/mp4"),
        (with_zip[:-1], "video/mp4"),
    ):
        with pytest.raises(FileDamaged):
            await looked_at(content, media_type)


def _bomb() -> bytes:
    """Small, and unpacks to gigabytes of objects."""
    document = pikepdf.new()
    document.add_blank_page()
    file = io.BytesIO()
    document.save(file, qdf=True)
    content = file.getvalue()
    nested = b"[" * 300_000
    return content.replace(b"/Type /Catalog", b"/Type /Catalog /X " + nested, 1)


async def test_a_file_that_ends_who_looks_at_it_is_refused() -> None:
    with pytest.raises((FileDamaged, FileTooComplex)):
        await looked_at(_bomb(), "application/pdf")
    with pytest.raises(FileTooComplex):
        await looked_at(samples.pdf(pages=2000), "application/pdf", seconds=0.01)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\u200bb.PDF", "ab.pdf"),
        ("Übung\u0308.pdf", "Übung\u0308.pdf"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
        ("photo.jpg", "photo.jpg.pdf"),
        ("  two  words .pdf ", "two words.pdf"),
    ],
)
def test_a_name_says_what_the_file_is_and_lies_nowhere_else(given: str, kept: str) -> None:
    assert clean_name(given, PDF) == kept


def test_other_extensions_of_a_kind_stay() -> None:
    assert clean_name("clip.M4V", MP4) == "clip.m4v"
    assert clean_name("a.png", PNG) == "a.png"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "file_empty"),
        (zipped(), 415, "file_type_not_allowed"),
        (b"<html></html>" + samples.pdf(), 415, "file_type_not_allowed"),
        (samples.pdf()[: len(samples.pdf()) * 99 // 100], 400, "file_damaged"),
        (samples.mp4()[:-10], 400, "file_damaged"),
        (samples.pdf(ACTIVE["opens with a script"]), 400, "file_active_content"),
        (samples.pdf(encryption=pikepdf.Encryption(owner="o")), 400, "file_encrypted"),
        (samples.pdf(pages=0), 400, "file_without_pages"),
        (samples.png(60_000, 60_000), 400, "file_too_complex"),
        (samples.png(filling=15 * 1024 * 1024), 413, "file_too_large"),
    ],
)
async def test_each_refusal_has_its_code(
    local: Storage, content: bytes, status: int, code: str
) -> None:
    answer = await local.upload(content, "lesson.pdf")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_photo_is_a_small_picture(local: Storage) -> None:
    for content, status in (
        (samples.png(filling=5 * 1024 * 1024), 413),
        (samples.pdf(), 415),
        (samples.mp4(), 415),
        (samples.jpeg(), 201),
    ):
        files = {"file": ("me.jpg", content)}
        answer = await local.http.post(
            "/storage/profile-photo", files=files, headers=local.bearer("user")
        )
        assert answer.status_code == status, answer.text


async def test_names_do_not_get_out_of_their_folder(local: Storage) -> None:
    folder = Path(local.folder)
    for name in ("../../x.png", "/etc/x.png", "a/b\\c.png", "\u202egnp.x"):
        data = await local.uploaded(samples.png(), name)
        assert data["key"].count("/") == 1
        assert (folder / data["key"]).is_file()
    answers = await asyncio.gather(
        *(
            local.upload(samples.png(), "a.png", bad)
            for bad in ("..", "a/../b", "/a", "a//b", "A", "a b", "materials", "profile-photos/x")
        )
    )
    assert [answer.status_code for answer in answers] == [400] * 8
    assert all("folder" in answer.json()["errors"][1] for answer in answers)
