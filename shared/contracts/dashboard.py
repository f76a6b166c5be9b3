"""The numbers of the admin panel. Each part is what the service answers that owns them, inside the
envelope, to an admin whose token the gateway passes on:

    GET /dashboard/users      users           UsersPart
    GET /dashboard/learning   learning        LearningPart
    GET /dashboard/contacts   notifications   ContactsPart

The gateway merges them (`GET /admin/dashboard`); these routes are not in its table, so nobody else
gets there. A part costs the same however much there is: it is made of counters, and of the newest
`RECENT` by an index.

Rates and averages have two decimals and come from `shared/figures.py`. Months are those of UTC, as
in `{"2026-02": 12}`; those without a count need not be there, and there may be more than are shown.
Times are as everywhere: `2026-02-14T09:58:22.016Z`. Labels are English, for who has no better one
for the key.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

RECENT = 5

Count = Annotated[int, Meta(ge=0)]
Months = dict[str, Count]


class Figures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    pass


class Share(Figures, frozen=True, kw_only=True):
    """How many are of one kind; `percentage` of all kinds."""

    key: str
    label: str
    count: Count
    percentage: float


class UsersOverview(Figures, frozen=True, kw_only=True):
    """`admins`: superadmins too."""

    total: Count
    admins: Count
    registration_completed: Count
    completion_rate: float
    new_last_30_days: Count
    monthly_growth_rate: float


class UsersPart(Figures, frozen=True, kw_only=True):
    """`months`: registrations. `roles`: every role."""

    overview: UsersOverview
    months: Months
    roles: list[Share]


class CoursesOverview(Figures, frozen=True, kw_only=True):
    total: Count


class AssessmentsOverview(Figures, frozen=True, kw_only=True):
    total_tests: Count
    total_submissions: Count
    average_score: float
    submissions_last_30_days: Count
    monthly_growth_rate: float


class MaterialsOverview(Figures, frozen=True, kw_only=True):
    total: Count
    assignments: Count
    assigned_users: Count
    avg_assignments_per_user: float
    assignments_last_30_days: Count


class LevelShare(Share, frozen=True, kw_only=True):
    average_score: float


class LanguageFigures(Figures, frozen=True, kw_only=True):
    key: str
    label: str
    submissions: Count
    average_score: float


class RecentResult(Figures, frozen=True, kw_only=True):
    """`user_name` and `user_email` are null of somebody who has none, or was not heard of yet."""

    id: str
    user_name: str | None
    user_email: str | None
    level: str
    total_score: float
    target_language: str
    test_title: str
    completed_at: str


class LearningPart(Figures, frozen=True, kw_only=True):
    """`levels`: those that somebody was given, from the lowest. `languages`: those that somebody
    was tested in, the one most were first. `test_results`: the newest first."""

    courses: CoursesOverview
    tests: AssessmentsOverview
    materials: MaterialsOverview
    submission_months: Months
    assignment_months: Months
    levels: list[LevelShare]
    languages: list[LanguageFigures]
    test_results: list[RecentResult]


class ContactsOverview(Figures, frozen=True, kw_only=True):
    """`pending`, `replied`: how many have that status. `reply_rate`: `replied` of `total`."""

    total: Count
    pending: Count
    replied: Count
    reply_rate: float
    new_last_30_days: Count


class RecentContact(Figures, frozen=True, kw_only=True):
    id: str
    full_name: str
    email: str
    status: str
    created_at: str
    replied_at: str | None
    source: str | None


class ContactsPart(Figures, frozen=True, kw_only=True):
    """`months`: when they came. `statuses`: every status. `contacts`: the newest first."""

    overview: ContactsOverview
    months: Months
    statuses: list[Share]
    contacts: list[RecentContact]
