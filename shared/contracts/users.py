"""Events of `users`: profiles, the life cycle of an account, erasure and export. And `User`, the
public document that users and auth answer with."""

from typing import ClassVar, Literal

import msgspec

from shared.contracts.event import Event, PersonEvent
from shared.languages import Language
from shared.roles import Role

Availability = Literal["available", "busy", "offline"]
Expertise = Literal[
    "musician",
    "trainer",
    "chef",
    "photographer",
    "designer",
    "stylist",
    "gamer",
    "educator",
    "coach",
    "entertainer",
    "developer",
    "creator",
]
DeletionStatus = Literal["pending", "cancelled", "finalized"]


class Profile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a person tells about themself, and the state of the account: the part of `User` that
    users owns. Times are UTC timestamps with milliseconds."""

    name: str | None = None
    surname: str | None = None
    username: str | None = None
    profile_photo: str | None = None
    availability_status: Availability | None = None
    birth_date: str | None = None
    gender: str | None = None
    interests: tuple[str, ...] = ()
    expertise: Expertise | None = None
    bio: str | None = None
    instagram: str | None = None
    x: str | None = None
    tiktok: str | None = None
    snapchat: str | None = None
    facebook: str | None = None
    privacy_policy_accepted: bool = False
    privacy_policy_version: str | None = None
    terms_of_use_accepted: bool = False
    terms_of_use_version: str | None = None
    consent_form_accepted: bool = False
    consent_form_version: str | None = None
    is_registration_complete: bool = False
    followers_count: int = 0
    following_count: int = 0
    minute_price_in_live_stream: int = 0
    credit_balance: int = 0
    timezone: str | None = None
    language: Language | None = None
    last_username_change_date: str | None = None
    account_deletion_status: DeletionStatus | None = None
    account_deletion_requested_at: str | None = None
    account_deletion_scheduled_for: str | None = None
    account_deletion_cancelled_at: str | None = None
    account_deletion_finalized_at: str | None = None
    updated_at: str | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The part of `User` that auth owns."""

    id: str
    email: str | None = None
    country_code: str | None = None
    phone_number: str | None = None
    signup_source: str | None = None
    signup_campaign: str | None = None
    roles: tuple[Role, ...] = ("user",)
    role: Role = "user"
    last_login: str | None = None
    created_at: str | None = None


class User(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The public `User` document, every member always there."""

    id: str
    name: str | None
    surname: str | None
    username: str | None
    email: str | None
    country_code: str | None
    phone_number: str | None
    signup_source: str | None
    signup_campaign: str | None
    profile_photo: str | None
    availability_status: Availability | None
    birth_date: str | None
    gender: str | None
    interests: tuple[str, ...]
    expertise: Expertise | None
    bio: str | None
    instagram: str | None
    x: str | None
    tiktok: str | None
    snapchat: str | None
    facebook: str | None
    privacy_policy_accepted: bool
    privacy_policy_version: str | None
    terms_of_use_accepted: bool
    terms_of_use_version: str | None
    consent_form_accepted: bool
    consent_form_version: str | None
    is_registration_complete: bool
    roles: tuple[Role, ...]
    role: Role
    followers_count: int
    following_count: int
    minute_price_in_live_stream: int
    credit_balance: int
    last_login: str | None
    timezone: str | None
    language: Language | None
    last_username_change_date: str | None
    account_deletion_status: DeletionStatus | None
    account_deletion_requested_at: str | None
    account_deletion_scheduled_for: str | None
    account_deletion_cancelled_at: str | None
    account_deletion_finalized_at: str | None
    created_at: str | None
    updated_at: str | None

    @classmethod
    def of(cls, account: Account, profile: Profile) -> "User":
        return cls(**msgspec.structs.asdict(profile), **msgspec.structs.asdict(account))


class UserProfileUpdated(PersonEvent, frozen=True, kw_only=True):
    """The whole profile as it is now; a lower `version` never overwrites a higher one."""

    subject: ClassVar[str] = "user.profile_updated"
    owner: ClassVar[str] = "users"

    version: int
    profile: Profile


class UserRegistrationCompleted(PersonEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "user.registration_completed"
    owner: ClassVar[str] = "users"

    completed_at: str


class UserDeletionRequested(PersonEvent, frozen=True, kw_only=True):
    """The account is to be deleted at `scheduled_for`, unless the person changes their mind."""

    subject: ClassVar[str] = "user.deletion_requested"
    owner: ClassVar[str] = "users"

    deletion_id: str
    requested_at: str
    scheduled_for: str


class UserDeletionCancelled(PersonEvent, frozen=True, kw_only=True):
    subject: ClassVar[str] = "user.deletion_cancelled"
    owner: ClassVar[str] = "users"

    deletion_id: str
    cancelled_at: str


class UserDeleted(Event, frozen=True, kw_only=True):
    """The account is gone for good: every service erases what it holds on the person and answers
    `user.erased`. `services`: only these are asked (again); empty: all. `sealed_email`: as in
    `user.erasure_completed`, for who has not heard of it otherwise. It is erased itself once all
    have answered."""

    subject: ClassVar[str] = "user.deleted"
    owner: ClassVar[str] = "users"

    user_id: str
    erasure_id: str
    services: tuple[str, ...] = ()
    sealed_email: str | None = None

    @property
    def about(self) -> str:
        return self.erasure_id

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.erasure_id,)  # not the person's id: it must outlive the rest of their traces


class UserErased(Event, frozen=True, kw_only=True):
    """A receipt: `service` holds nothing on the person any more. `counts`: how many documents of
    which kind were removed. Published by all four services; says nothing of the person."""

    subject: ClassVar[str] = "user.erased"
    owner: ClassVar[str] = "all"

    erasure_id: str
    service: str
    counts: dict[str, int]
    erased_at: str

    @property
    def about(self) -> str:
        return self.erasure_id

    @property
    def traces(self) -> tuple[str, ...]:
        return ()


class UserErasureCompleted(Event, frozen=True, kw_only=True):
    """All receipts are there; the person is to be told, by the one address that is left.
    `sealed_email` opens with `AULA_PRIVACY_KEY`, for the context `erasure_id` only."""

    subject: ClassVar[str] = "user.erasure_completed"
    owner: ClassVar[str] = "users"

    erasure_id: str
    sealed_email: str
    language: Language
    completed_at: str

    @property
    def about(self) -> str:
        return self.erasure_id

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.erasure_id,)  # of the sealed address, which goes once it was told


class UserExportRequested(PersonEvent, frozen=True, kw_only=True):
    """Every service is to answer `user.exported` with all it holds on the person. `services`: only
    these are asked (again); empty: all."""

    subject: ClassVar[str] = "user.export_requested"
    owner: ClassVar[str] = "users"

    export_id: str
    services: tuple[str, ...] = ()


class UserExported(PersonEvent, frozen=True, kw_only=True):
    """One of `chunks` pieces, counted from 0, of what `service` holds on the person. Put together
    in order and decompressed (zlib), they are one JSON object: lists of documents by kind. A
    service that was asked twice answers twice: the pieces of one answer share its `answer`.
    `sealed` opens with `AULA_PRIVACY_KEY`, for the context `export_id` only. Published by all."""

    subject: ClassVar[str] = "user.exported"
    owner: ClassVar[str] = "all"

    export_id: str
    service: str
    chunk: int
    chunks: int
    sealed: str
    answer: str = ""


class UserExportReady(PersonEvent, frozen=True, kw_only=True):
    """The link to the file may be sent. `sealed_path`, the gateway's path with the secret in it,
    opens with `AULA_PRIVACY_KEY`, for the context `export_id` only."""

    subject: ClassVar[str] = "user.export_ready"
    owner: ClassVar[str] = "users"

    export_id: str
    sealed_path: str
    expires_at: str
