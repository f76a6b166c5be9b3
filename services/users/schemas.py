"""What users' endpoints take and answer (contract, section 3)."""

from typing import Annotated, Literal, Self, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.users.directory import Wanted
from services.users.domain import Person
from services.users.erasures.domain import Erasure, State
from services.users.exports.domain import Export
from services.users.repository import Order
from shared.clock import timestamp
from shared.contracts.users import Availability, DeletionStatus, Expertise, User
from shared.errors import InvalidFields
from shared.http.pagination import PageRequest
from shared.http.schemas import Answer, Body
from shared.languages import Language, Text
from shared.roles import Role
from shared.text_fields import LINE, LINES, NAME

# A link, or a key of ours: not `//elsewhere`, and no way up.
_PHOTO = r"^(?!//)(?![\s\S]*\.\.)(https?://[^\x00-\x20\x7f]+|[^\x00-\x20:\\\x7f]+)(?![\s\S])"

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=NAME)]
Handle = Annotated[str, Meta(max_length=100, pattern=LINE)]
Version = Annotated[str, Meta(min_length=1, max_length=20, pattern=NAME)]
Interest = Annotated[str, Meta(min_length=1, max_length=50, pattern=LINE)]


class ChangeProfile(Body, frozen=True, kw_only=True):
    """What is left out stays; null clears."""

    name: Name | UnsetType | None = UNSET
    surname: Name | UnsetType | None = UNSET
    birth_date: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET
    gender: Annotated[str, Meta(max_length=32, pattern=LINE)] | UnsetType | None = UNSET
    interests: Annotated[tuple[Interest, ...], Meta(max_length=50)] | UnsetType = UNSET
    expertise: Expertise | UnsetType | None = UNSET
    bio: Annotated[str, Meta(max_length=2000, pattern=LINES)] | UnsetType | None = UNSET
    instagram: Handle | UnsetType | None = UNSET
    x: Handle | UnsetType | None = UNSET
    tiktok: Handle | UnsetType | None = UNSET
    snapchat: Handle | UnsetType | None = UNSET
    facebook: Handle | UnsetType | None = UNSET
    profile_photo: Annotated[str, Meta(max_length=2048, pattern=_PHOTO)] | UnsetType | None = UNSET
    availability_status: Availability | UnsetType | None = UNSET
    timezone: Annotated[str, Meta(max_length=64)] | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    consent_form_accepted: bool | UnsetType = UNSET
    consent_form_version: Version | UnsetType = UNSET  # never lowered, so never cleared

    def changes(self) -> dict[str, object]:
        """Members of Profile and their new values."""
        members = msgspec.structs.asdict(self)
        return {name: value for name, value in members.items() if value is not UNSET}


class CompleteRegistration(ChangeProfile, frozen=True, kw_only=True):
    name: Name
    surname: Name
    privacy_policy_accepted: bool
    privacy_policy_version: Version
    terms_of_use_accepted: bool
    terms_of_use_version: Version


class Registered(Answer, frozen=True, kw_only=True):
    message: str
    user: User


class RegistrationStatus(Answer, frozen=True, kw_only=True):
    is_registration_complete: bool
    missing_fields: tuple[str, ...]

    @classmethod
    def of(cls, missing: tuple[str, ...]) -> "RegistrationStatus":
        return cls(is_registration_complete=not missing, missing_fields=missing)


class ChangeUsername(Body, frozen=True, kw_only=True):
    new_username: Annotated[str, Meta(max_length=100)]


class PublicProfile(Answer, frozen=True, kw_only=True):
    """The part of a `User` that everybody may see: what a person shows of themself on purpose."""

    id: str
    name: str | None
    surname: str | None
    username: str | None
    profile_photo: str | None
    availability_status: Availability | None
    interests: tuple[str, ...]
    expertise: Expertise | None
    bio: str | None
    instagram: str | None
    x: str | None
    tiktok: str | None
    snapchat: str | None
    facebook: str | None
    followers_count: int
    following_count: int
    minute_price_in_live_stream: int

    @classmethod
    def of(cls, user: User) -> "PublicProfile":
        return cls(**{name: getattr(user, name) for name in cls.__struct_fields__})


class Visit(Answer, frozen=True, kw_only=True):
    """Who looks, where anybody may."""

    is_authenticated: bool
    user: User | None
    message: str


class Deletion(Answer, frozen=True, kw_only=True):
    """A request to delete one's account, from now on pending."""

    status: DeletionStatus | None
    requested_at: str | None
    scheduled_for: str | None

    @classmethod
    def of(cls, person: Person) -> Self:
        profile = person.profile
        return cls(
            **{name: getattr(profile, f"account_deletion_{name}") for name in cls.__struct_fields__}
        )


class DeletionState(Deletion, frozen=True, kw_only=True):
    """What became of the last request; all null where there was none."""

    cancelled_at: str | None


class Finalized(Answer, frozen=True, kw_only=True):
    user_id: str
    status: Literal["finalized"] = "finalized"
    finalized_at: str


class ExportState(Answer, frozen=True, kw_only=True):
    """`url`: the gateway's path of the file, once it is ready."""

    export_id: str
    status: Literal["gathering", "ready"]
    requested_at: str
    expires_at: str | None
    url: str | None

    @classmethod
    def of(cls, export: Export, url: str | None) -> "ExportState":
        return cls(
            export_id=export.id,
            status=export.status,
            requested_at=timestamp(export.requested_at),
            expires_at=timestamp(export.expires_at) if url else None,
            url=url,
        )


Sort = Literal[
    "createdAt", "-createdAt", "lastLogin", "-lastLogin", "name", "-name", "email", "-email"
]


def wanted_list(
    page: int | None,
    limit: int | None,
    search: str | None,
    role: Role | None,
    is_registration_complete: bool | None,
    sort: Sort,
) -> Wanted:
    """The query of the admins' list."""
    return Wanted(
        page=PageRequest.of(page, limit),
        order=Order(sort.removeprefix("-"), sort.startswith("-")),
        search=search,
        role=role,
        is_registration_complete=is_registration_complete,
    )


class ReceiptView(Answer, frozen=True, kw_only=True):
    service: str
    erased_at: str
    counts: dict[str, int]


_STATES: tuple[State, ...] = get_args(State)
_BAD_STATE = Text(
    en="must be running, stuck or complete",
    tr="running, stuck veya complete olmalıdır",
    es="debe ser running, stuck o complete",
    de="muss running, stuck oder complete sein",
)


def known_state(text: str | None) -> State | None:
    """Raises InvalidFields."""
    state = next((state for state in _STATES if state == text), None)
    if text and state is None:
        raise InvalidFields({"state": _BAD_STATE})
    return state


class ErasureView(Answer, frozen=True, kw_only=True):
    """`person`: the pseudonym. `missing`: the services that have not answered yet, of those who
    were `asked` so many times."""

    id: str
    person: str
    state: State
    started_at: str
    completed_at: str | None
    asked: int
    last_asked_at: str
    receipts: tuple[ReceiptView, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureView":
        done = erasure.completed_at
        return cls(
            id=erasure.id,
            person=erasure.person,
            state=erasure.state,
            started_at=timestamp(erasure.started_at),
            completed_at=timestamp(done) if done else None,
            asked=erasure.asked,
            last_asked_at=timestamp(erasure.asked_at),
            receipts=tuple(
                ReceiptView(service=name, erased_at=receipt.erased_at, counts=receipt.counts)
                for name, receipt in sorted(erasure.receipts.items())
            ),
            missing=erasure.silent,
        )
