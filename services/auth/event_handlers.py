"""What auth listens to."""

from services.auth.service import AccountService
from shared.contracts.users import UserProfileUpdated
from shared.messaging import Subscription


def table(accounts: AccountService) -> list[Subscription]:
    return [Subscription("auth-keep-profile", UserProfileUpdated, accounts.keep_profile)]
