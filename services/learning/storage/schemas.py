"""What storage answers."""

from services.learning.storage.domain import StoredFile
from shared.http.schemas import Answer


class Uploaded(Answer, frozen=True, kw_only=True):
    key: str
    url: str
    filename: str
    mimetype: str
    size: int
    sha256: str

    @classmethod
    def of(cls, file: StoredFile) -> "Uploaded":
        return cls(
            key=file.key,
            url=f"/storage/files/{file.key}",
            filename=file.filename,
            mimetype=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )
