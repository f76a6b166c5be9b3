"""What bodies and answers of notifications have in common."""

from shared.http.schemas import Answer
from shared.languages import Text

EMPTY = Text(
    en="must not be empty", tr="boş olamaz", es="no puede estar vacío", de="darf nicht leer sein"
)


class Done(Answer, frozen=True, kw_only=True):
    success: bool = True
