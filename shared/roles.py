"""Roles, from the least to the most: a higher one passes every lower check."""

from typing import Literal, get_args

Role = Literal["user", "admin", "superadmin"]
ROLES: tuple[Role, ...] = get_args(Role)


def outranks(role: Role, other: Role) -> bool:
    return ROLES.index(role) > ROLES.index(other)
