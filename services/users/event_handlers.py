"""What users listens to."""

from services.users.erasures.service import ErasureService
from services.users.exports.service import ExportService
from services.users.service import UserService
from shared.contracts.auth import UserEmailChanged, UserRegistered, UserRoleChanged, UserSignedIn
from shared.contracts.users import UserErased, UserExported
from shared.messaging import Subscription


def table(
    users: UserService, erasures: ErasureService, exports: ExportService
) -> list[Subscription]:
    return [
        Subscription("users-register", UserRegistered, users.register),
        Subscription("users-note-sign-in", UserSignedIn, users.note_sign_in),
        Subscription("users-change-email", UserEmailChanged, users.change_email),
        Subscription("users-change-role", UserRoleChanged, users.change_role),
        Subscription("users-keep-receipt", UserErased, erasures.keep_receipt),
        Subscription("users-keep-export", UserExported, exports.keep_part),
    ]
