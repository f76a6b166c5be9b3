"""Who may call a route. The token was checked at the edge; here it is held against the route."""

from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from shared.errors import AuthenticationRequired, InsufficientPermissions
from shared.roles import Role
from shared.tokens import Principal


class RequiresRole:
    """A Litestar guard: 401 without a principal, 403 below `role`."""

    def __init__(self, role: Role) -> None:
        self.role = role

    def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        principal: Principal | None = connection.scope["state"]["principal"]
        if principal is None:
            raise AuthenticationRequired
        if not principal.has(self.role):
            raise InsufficientPermissions


signed_in = RequiresRole("user")
admin = RequiresRole("admin")
superadmin = RequiresRole("superadmin")


def principal_of(request: Request[Any, Any, Any]) -> Principal:
    """Dependency `principal`: whoever calls a guarded route."""
    principal: Principal | None = request.scope["state"]["principal"]
    if principal is None:
        raise AuthenticationRequired
    return principal


def visitor_of(request: Request[Any, Any, Any]) -> Principal | None:
    """Dependency `visitor`: whoever calls a route that is open to all; None: nobody we know."""
    principal: Principal | None = request.scope["state"]["principal"]
    return principal
