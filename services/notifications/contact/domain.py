"""A contact: what somebody wrote to the school, and what became of it. No input or output."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from shared.errors import Conflict
from shared.languages import Language, Text

Status = Literal["PENDING", "IN_PROGRESS", "REPLIED", "CLOSED"]
STATUSES: tuple[Status, ...] = get_args(Status)
MOST_REPLIES = 50


class AnsweredTooOften(Conflict):
    code = "contact_replies_used_up"
    text = Text(
        en="This message was answered as often as it can be; write a mail instead",
        tr="Bu mesaj en fazla sayıda yanıtlandı; bunun yerine e-posta yazın",
        es="Este mensaje ya se ha respondido el máximo de veces; escribe un correo",
        de="Diese Nachricht wurde so oft beantwortet wie möglich; schreiben Sie eine E-Mail",
    )


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """`subject`: None where the admin gave none. Whose it is lies elsewhere (`Repliers`): a reply
    outlives the account of the admin."""

    id: str
    message: str
    subject: str | None = None
    at: datetime


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """`email`: canonical. `language`: that of the request, in which the writer reads answers.
    `suspect`: probably not written by a person; as soon as an admin thinks otherwise it is like any
    other. `acknowledged`: a mail said that it arrived. `user_id`: who was signed in."""

    id: str
    full_name: str
    email: str
    phone: str | None
    message: str
    source: str | None
    language: Language
    status: Status
    suspect: bool = False
    acknowledged: bool = False
    user_id: str | None = None
    replies: tuple[Reply, ...] = ()
    created_at: datetime

    @property
    def last_reply(self) -> Reply | None:
        return self.replies[-1] if self.replies else None

    @property
    def mails(self) -> list[str]:
        """What was mailed to the writer so far, the oldest first: an id each."""
        first = [self.id] if self.acknowledged else []
        return [*first, *(reply.id for reply in self.replies)]

    def replied(self, reply: Reply) -> "Contact":
        """Raises AnsweredTooOften."""
        if len(self.replies) >= MOST_REPLIES:
            raise AnsweredTooOften
        return msgspec.structs.replace(
            self, replies=(*self.replies, reply), status="REPLIED", suspect=False
        )

    def moved(self, status: Status) -> "Contact":
        is_suspect = self.suspect and status == "CLOSED"
        return msgspec.structs.replace(self, status=status, suspect=is_suspect)


class Answered(msgspec.Struct, frozen=True):
    """A contact, and whose its last reply is."""

    contact: Contact
    replied_by: str | None = None
