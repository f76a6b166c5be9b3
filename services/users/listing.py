"""How a person appears in the admins' list: in which group, in which place, and found by what.

Derived from the person and kept with them, so that every list and search is a walk along an index.
"""

from collections.abc import Iterator

import msgspec

from services.users.domain import Person
from shared.contracts.users import Account
from shared.roles import ROLES, Role
from shared.searching import as_terms, folded, from_each_word


def _group(role: Role, complete: bool) -> str:
    return f"{role}_{'complete' if complete else 'incomplete'}"


def groups(role: Role | None = None, complete: bool | None = None) -> list[str]:
    """The groups of those with this role and this state of their registration; None: any."""
    return [
        _group(each, state)
        for each in ROLES
        for state in (True, False)
        if role in (None, each) and complete in (None, state)
    ]


class Listing(msgspec.Struct, frozen=True):
    """`group`: role and state of the registration in one. `name`: what a list by name goes by.
    `month`: of the registration. A search finds the person by the start of any of `search`."""

    group: str
    name: str
    month: str
    search: tuple[str, ...]


def listing_of(person: Person) -> Listing | None:
    """None for those of whom only a token or a single fact has come yet: who is not known to be
    registered is in no list, and not counted."""
    if not person.is_registered:
        return None
    profile = person.profile
    name = folded(f"{profile.name or ''} {profile.surname or ''}")
    terms = [
        *from_each_word(name),
        folded(profile.username or ""),
        folded(person.account.email or ""),
        *_phones(person.account),
    ]
    return Listing(
        group=_group(person.account.role, profile.is_registration_complete),
        name=name,
        month=(person.account.created_at or "unknown")[:7],
        search=as_terms(terms),
    )


def counted(person: Person, listing: Listing | None) -> tuple[str, ...]:
    """The counters in which the person is one."""
    if listing is None:
        return ()
    registered = f"months.{listing.month}", f"days.{(person.account.created_at or 'unknown')[:10]}"
    return (f"groups.{listing.group}", *registered)


def _phones(account: Account) -> Iterator[str]:
    if account.phone_number:
        country = (account.country_code or "").lstrip("+")
        yield country + account.phone_number
        yield account.phone_number
        yield account.phone_number.lstrip("0")  # Italy writes it, others only dial it
