"""Files: what kinds there are and how large they may be, what they are called, and the refusals."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.errors import BodyTooLarge, Unavailable, UnsupportedMediaType, ValidationFailed
from shared.languages import Text

MIB = 1024 * 1024
GIB = 1024 * MIB

_LONGEST_NAME = 120  # characters


@dataclass(frozen=True)
class Kind:
    """`extensions`: the usual one first. `inline`: harmless to show in a browser."""

    media_type: str
    extensions: tuple[str, ...]
    inline: bool = False


JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jfif"), inline=True)
PNG = Kind("image/png", ("png",), inline=True)
GIF = Kind("image/gif", ("gif",), inline=True)
WEBP = Kind("image/webp", ("webp",), inline=True)
PDF = Kind("application/pdf", ("pdf",))
MP4 = Kind("video/mp4", ("mp4", "m4v", "mov"))
WEBM = Kind("video/webm", ("webm",))

KINDS = {kind.media_type: kind for kind in (JPEG, PNG, GIF, WEBP, PDF, MP4, WEBM)}

# What may come in somewhere: the most bytes of each kind.
Limits = Mapping[Kind, int]
IMAGES: Limits = dict.fromkeys((JPEG, PNG, GIF, WEBP), 15 * MIB)
PHOTOS: Limits = dict.fromkeys(IMAGES, 5 * MIB)
PDFS: Limits = {PDF: 100 * MIB}
VIDEOS: Limits = {MP4: GIB, WEBM: GIB}
ANY_KIND: Limits = {**IMAGES, **PDFS, **VIDEOS}


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept. `pages`: of a PDF. `user_id`: of the person who it says something
    about, and with whom it goes; None: of nobody."""

    id: str
    key: str
    filename: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    pages: int | None = None
    user_id: str | None = None

    @property
    def folder(self) -> str:
        return self.key.rpartition("/")[0]


class FileTypeNotAllowed(UnsupportedMediaType):
    code = "file_type_not_allowed"
    text = Text(
        en="The file's content is of no type that is accepted here",
        tr="Dosyanın içeriği burada kabul edilen bir türde değil",
        es="El contenido del archivo no es de un tipo admitido aquí",
        de="Der Inhalt der Datei ist von keinem hier zugelassenen Typ",
    )


class FileTooLarge(BodyTooLarge):
    code = "file_too_large"
    text = Text(
        en="The file is larger than its type may be",
        tr="Dosya, türü için izin verilenden büyük",
        es="El archivo supera el tamaño permitido para su tipo",
        de="Die Datei ist größer, als ihr Typ es sein darf",
    )


class FileEmpty(ValidationFailed):
    code = "file_empty"
    text = Text(
        en="The file is empty", tr="Dosya boş", es="El archivo está vacío", de="Die Datei ist leer"
    )


class FileDamaged(ValidationFailed):
    code = "file_damaged"
    text = Text(
        en="The file is damaged, incomplete, or contains something else besides",
        tr="Dosya bozuk, eksik veya içinde başka bir şey daha var",
        es="El archivo está dañado, incompleto o contiene algo más",
        de="Die Datei ist beschädigt, unvollständig oder enthält noch etwas anderes",
    )


class FileActive(ValidationFailed):
    code = "file_active_content"
    text = Text(
        en="The PDF contains scripts, attachments or other active content",
        tr="PDF; betik, ek veya başka etkin içerik barındırıyor",
        es="El PDF contiene scripts, adjuntos u otro contenido activo",
        de="Das PDF enthält Skripte, Anhänge oder andere aktive Inhalte",
    )


class FileEncrypted(ValidationFailed):
    code = "file_encrypted"
    text = Text(
        en="The PDF is encrypted",
        tr="PDF şifrelenmiş",
        es="El PDF está cifrado",
        de="Das PDF ist verschlüsselt",
    )


class FileWithoutPages(ValidationFailed):
    code = "file_without_pages"
    text = Text(
        en="The PDF has no page",
        tr="PDF'de hiç sayfa yok",
        es="El PDF no tiene ninguna página",
        de="Das PDF hat keine Seite",
    )


class FileTooComplex(ValidationFailed):
    code = "file_too_complex"
    text = Text(
        en="The file takes too much time or memory to check",
        tr="Dosyanın denetlenmesi çok fazla zaman veya bellek gerektiriyor",
        es="Comprobar el archivo requiere demasiado tiempo o memoria",
        de="Die Prüfung der Datei braucht zu viel Zeit oder Speicher",
    )


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"


class ArrivalLost(Unavailable):
    """It took so long to arrive that it was given up. Trying again may work."""

    code = "upload_lost"


# What a route that takes files may refuse because of them.
WITH_FILES = (
    FileTypeNotAllowed,
    FileTooLarge,
    FileEmpty,
    FileDamaged,
    FileActive,
    FileEncrypted,
    FileWithoutPages,
    FileTooComplex,
    StorageUnavailable,
    ArrivalLost,
)


def clean_name(given: str, kind: Kind) -> str:
    """`given` without folders and without characters that are not seen, under an extension that
    tells the truth: no name makes a file look like, or lie, elsewhere."""
    base = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    # Control, format (right-to-left overrides, zero-width), surrogates, unassigned, private.
    seen = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    seen = " ".join(seen.split()).rstrip(" .")
    stem, dot, extension = seen.rpartition(".")
    if not dot or extension.lower() not in kind.extensions:
        stem, extension = seen, kind.extensions[0]
    stem = stem[:_LONGEST_NAME].strip(" .") or "file"
    return f"{stem}.{extension.lower()}"
