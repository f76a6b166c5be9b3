"""The events, one file an owner. Everyone reads them from here; only the owner publishes them.

Fields are only ever added, with defaults (golden files in `tests/contracts` hold that); a breaking
change is a new subject `….v2`. What is no event: `users.User`, and the parts of the `dashboard`.
"""

from shared.contracts import auth, learning, notifications, users
from shared.contracts.event import Event, PersonEvent

EVENTS: tuple[type[Event], ...] = (
    auth.OtpRequested,
    auth.UserRegistered,
    auth.UserSignedIn,
    auth.SessionRevoked,
    auth.UserEmailChanged,
    auth.UserRoleChanged,
    users.UserProfileUpdated,
    users.UserRegistrationCompleted,
    users.UserDeletionRequested,
    users.UserDeletionCancelled,
    users.UserDeleted,
    users.UserErased,
    users.UserErasureCompleted,
    users.UserExportRequested,
    users.UserExported,
    users.UserExportReady,
    learning.CoursePublished,
    learning.CourseRescheduled,
    learning.TestSubmitted,
    learning.MaterialAssigned,
    learning.MaterialUnassigned,
    notifications.ContactReceived,
    notifications.ContactReplied,
    notifications.NotificationSent,
    notifications.NotificationFailed,
)

__all__ = ["EVENTS", "Event", "PersonEvent", "auth", "learning", "notifications", "users"]
