"""The admin panel's numbers, merged from three services (`shared/contracts/dashboard.py`)."""

import asyncio
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec.json import Decoder

from gateway.errors import BadGateway, UpstreamAway
from gateway.inquiries import Inquiries
from shared import logs
from shared.clock import Clock, timestamp
from shared.contracts.dashboard import (
    AssessmentsOverview,
    ContactsOverview,
    ContactsPart,
    CoursesOverview,
    Figures,
    LanguageFigures,
    LearningPart,
    LevelShare,
    MaterialsOverview,
    RecentContact,
    RecentResult,
    Share,
    UsersOverview,
    UsersPart,
)
from shared.figures import label_of, last_months
from shared.http.envelope import Envelope

log = logs.get("dashboard")

DEFAULT_MONTHS = 6
MOST_MONTHS = 24
_SECONDS = 1.5  # for a part: who is slower is left out
_NO_PART = (
    UpstreamAway,
    BadGateway,
    TimeoutError,
    msgspec.DecodeError,
    UnicodeDecodeError,
    RecursionError,
)

P = TypeVar("P", UsersPart, LearningPart, ContactsPart)
Service = Literal["users", "learning", "notifications"]


@dataclass(frozen=True)
class Source(Generic[P]):
    """Where a part comes from."""

    service: Service
    path: str
    decoder: Decoder[Envelope[P]]


USERS = Source("users", "/dashboard/users", Decoder(Envelope[UsersPart]))
LEARNING = Source("learning", "/dashboard/learning", Decoder(Envelope[LearningPart]))
CONTACTS = Source("notifications", "/dashboard/contacts", Decoder(Envelope[ContactsPart]))


class Overview(Figures, frozen=True, kw_only=True):
    users: UsersOverview | None
    courses: CoursesOverview | None
    tests: AssessmentsOverview | None
    contacts: ContactsOverview | None
    materials: MaterialsOverview | None


class Trend(Figures, frozen=True, kw_only=True):
    """One month, `2026-02`, and what it is called, `Feb 2026`."""

    month: str
    label: str
    users: int | None
    test_submissions: int | None
    contacts: int | None
    material_assignments: int | None


class Distributions(Figures, frozen=True, kw_only=True):
    roles: list[Share] | None
    contacts_by_status: list[Share] | None
    levels: list[LevelShare] | None
    languages: list[LanguageFigures] | None


class RecentActivity(Figures, frozen=True, kw_only=True):
    contacts: list[RecentContact] | None
    test_results: list[RecentResult] | None


class DashboardView(Figures, frozen=True, kw_only=True):
    """`trends`: the oldest month first. `degraded`: the services that gave no answer in time, whose
    numbers are null; empty when all is well."""

    generated_at: str
    months: int
    overview: Overview
    trends: list[Trend]
    distributions: Distributions
    recent_activity: RecentActivity
    degraded: list[Service]


class Dashboard:
    def __init__(self, inquiries: Inquiries, clock: Clock) -> None:
        self._inquiries = inquiries
        self._clock = clock

    async def view(self, authorization: str, months: int | None) -> DashboardView:
        """`authorization`: the caller's header; the services check it once more. `months` out of
        range are clamped, as pages are."""
        wanted = DEFAULT_MONTHS if months is None else min(MOST_MONTHS, max(1, months))
        users, learning, contacts = await asyncio.gather(
            self._part(USERS, authorization),
            self._part(LEARNING, authorization),
            self._part(CONTACTS, authorization),
        )
        parts = {
            USERS.service: users,
            LEARNING.service: learning,
            CONTACTS.service: contacts,
        }
        now = self._clock()
        return DashboardView(
            generated_at=timestamp(now),
            months=wanted,
            overview=Overview(
                users=users.overview if users else None,
                courses=learning.courses if learning else None,
                tests=learning.tests if learning else None,
                contacts=contacts.overview if contacts else None,
                materials=learning.materials if learning else None,
            ),
            trends=[_trend(month, users, learning, contacts) for month in last_months(now, wanted)],
            distributions=Distributions(
                roles=users.roles if users else None,
                contacts_by_status=contacts.statuses if contacts else None,
                levels=learning.levels if learning else None,
                languages=learning.languages if learning else None,
            ),
            recent_activity=RecentActivity(
                contacts=contacts.contacts if contacts else None,
                test_results=learning.test_results if learning else None,
            ),
            degraded=[service for service, part in parts.items() if part is None],
        )

    async def _part(self, source: Source[P], authorization: str) -> P | None:
        """None where there is none to be had: whatever it is, the other parts are shown."""
        headers = [(b"authorization", authorization.encode("latin-1"))]
        try:
            body = await self._inquiries.get(source.service, source.path, headers, within=_SECONDS)
            return source.decoder.decode(body).data
        except _NO_PART as error:
            # Not the words of a decoder, which may quote the answer.
            reason = str(error) if isinstance(error, BadGateway) else ""
            kind = type(error).__name__
            log.warning("no part", service=source.service, error=kind, reason=reason)
            return None


def _trend(
    month: str,
    users: UsersPart | None,
    learning: LearningPart | None,
    contacts: ContactsPart | None,
) -> Trend:
    """A month without data has zeros; of a service without answer nothing is known."""
    return Trend(
        month=month,
        label=label_of(month),
        users=users.months.get(month, 0) if users else None,
        test_submissions=learning.submission_months.get(month, 0) if learning else None,
        contacts=contacts.months.get(month, 0) if contacts else None,
        material_assignments=learning.assignment_months.get(month, 0) if learning else None,
    )
