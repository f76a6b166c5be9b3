"""The routes, as data. What is not here is 404; a new route is one more line."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.paths import encoded
from shared.errors import MethodNotAllowed, NotFound
from shared.roles import Role

Owner = Literal["gateway", "auth", "users", "learning", "notifications"]
# `public`: a token is not needed; `optional`: with one, the answer differs. On either of them a
# token that is there must be good.
Who = Literal["public", "optional"] | Role
RateClass = Literal["public", "user"]

MIB = 1024 * 1024
GIB = 1024 * MIB
_DOWNLOAD_SECONDS = 120.0
_STALLED_SECONDS = 60.0
_CHECKING_SECONDS = 300.0  # between the last byte of an upload and its answer
_BATCHES_SECONDS = 60.0
_PLACE = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """`path` may have places: `{id}` is one segment, `{key:path}` the rest. An alias has the same
    places and is forwarded as `path`. `timeout`: seconds from the request's first byte to the last
    byte of its answer; of a route that `streams`, seconds without a byte either way. `max_body`:
    bytes; a GET may have none. `rate`: None is not limited. `while_leaving`: also for those whose
    account is about to be deleted; what needs no token always is."""

    method: str
    path: str
    owner: Owner
    who: Who
    aliases: tuple[str, ...] = ()
    timeout: float = 15.0
    streams: bool = False
    max_body: int = MIB
    rate: RateClass | None = "user"
    while_leaving: bool = False
    development_only: bool = False

    @property
    def body_limit(self) -> int:
        return 0 if self.method == "GET" else self.max_body

    @property
    def role(self) -> Role | None:
        return None if self.who in ("public", "optional") else self.who  # type: ignore[return-value]  # the rest are roles

    @property
    def bars_leaving(self) -> bool:
        return self.role is not None and not self.while_leaving


def _sign_in(path: str) -> Route:
    return Route("POST", path, "auth", "public", rate="public")


TABLE: tuple[Route, ...] = (
    Route("GET", "/", "gateway", "public"),
    Route("GET", "/healthz", "gateway", "public", rate=None),
    Route("GET", "/readyz", "gateway", "public", rate=None),
    Route("GET", "/admin/dashboard", "gateway", "admin", aliases=("/admin/dashboard/stats",)),
    *(
        Route("GET", path, "gateway", "public", aliases=aliases, timeout=_DOWNLOAD_SECONDS)
        for path, aliases in (
            ("/openapi.json", ("/swagger/json",)),
            ("/asyncapi.json", ()),
            ("/client.d.ts", ()),
            ("/api/docs", ()),
            ("/api/docs/{file}", ()),
        )
    ),
    # auth
    _sign_in("/auth/send-otp"),
    _sign_in("/auth/verify-otp"),
    _sign_in("/auth/send-otp-email"),
    _sign_in("/auth/verify-otp-email"),
    _sign_in("/auth/otp/request"),
    _sign_in("/auth/otp/verify"),
    _sign_in("/auth/refresh"),
    Route("POST", "/auth/logout", "auth", "user", while_leaving=True),
    Route("POST", "/auth/revoke-token", "auth", "user", while_leaving=True),
    Route("GET", "/auth/sessions", "auth", "user", while_leaving=True),
    Route("DELETE", "/auth/sessions/{id}", "auth", "user", while_leaving=True),
    Route("GET", "/auth/validate-token", "auth", "user", while_leaving=True),
    Route("GET", "/.well-known/jwks.json", "auth", "public"),
    Route("PATCH", "/admin/users/{id}/email", "auth", "admin"),
    Route("PATCH", "/admin/users/{id}/role", "auth", "superadmin"),
    # users: profiles
    Route("GET", "/me", "users", "user", aliases=("/auth/me",), while_leaving=True),
    Route("PATCH", "/me", "users", "user", aliases=("/auth/me",)),
    Route("GET", "/users/optional-auth", "users", "optional"),
    Route("PATCH", "/users/username", "users", "user"),
    Route("GET", "/users/profile/username/{username}", "users", "public"),
    Route(
        "POST",
        "/auth/registration/complete",
        "users",
        "user",
        aliases=("/auth/complete-registration",),
    ),
    Route(
        "GET",
        "/auth/registration/status",
        "users",
        "user",
        aliases=("/auth/registration-status",),
    ),
    # users: leaving
    *(
        Route(method, "/users/me/account-deletion", "users", "user", while_leaving=True)
        for method in ("GET", "POST", "DELETE")
    ),
    Route(
        "POST",
        "/users/me/account-deletion/finalize-now",
        "users",
        "user",
        while_leaving=True,
    ),
    Route("GET", "/users/me/export", "users", "user", while_leaving=True),
    Route("GET", "/users/exports/{token}", "users", "public", timeout=_DOWNLOAD_SECONDS),
    # users: administration
    Route("GET", "/admin/users", "users", "admin", aliases=("/users",)),
    Route("GET", "/admin/users/{id}", "users", "admin", aliases=("/users/{id}",)),
    Route("DELETE", "/admin/users/{id}", "users", "admin", aliases=("/users/{id}",)),
    Route("PATCH", "/admin/users/{id}/profile", "users", "admin"),
    Route("GET", "/admin/users/{id}/erasure", "users", "admin"),
    Route("GET", "/admin/erasures", "users", "admin"),
    # learning: storage (a little more than a file for what is around it in the body)
    Route(
        "POST",
        "/storage/upload",
        "learning",
        "admin",
        timeout=_CHECKING_SECONDS,
        streams=True,
        max_body=GIB + MIB,
    ),
    Route(
        "GET",
        "/storage/files/{key:path}",
        "learning",
        "optional",
        timeout=_STALLED_SECONDS,
        streams=True,
    ),
    Route(
        "POST",
        "/storage/profile-photo",
        "learning",
        "user",
        timeout=_CHECKING_SECONDS,
        streams=True,
        max_body=5 * MIB + MIB,
    ),
    # learning: courses
    Route("POST", "/courses", "learning", "admin"),
    Route("GET", "/courses", "learning", "optional"),
    Route("GET", "/courses/{id}", "learning", "optional"),
    Route("POST", "/courses/{id}/duplicate", "learning", "admin"),
    Route("PATCH", "/courses/{id}", "learning", "admin"),
    Route("DELETE", "/courses/{id}", "learning", "admin"),
    # learning: site settings
    Route("GET", "/settings", "learning", "admin"),
    Route("POST", "/settings", "learning", "admin"),
    Route("GET", "/settings/{key}", "learning", "optional"),
    Route("PUT", "/settings/{key}", "learning", "admin"),
    # learning: placement tests
    Route("POST", "/proficiency-tests", "learning", "admin"),
    Route("GET", "/proficiency-tests", "learning", "optional"),
    Route("GET", "/proficiency-tests/target-languages", "learning", "optional"),
    Route(
        "GET",
        "/proficiency-tests/results",
        "learning",
        "user",
        aliases=("/proficiency-tests/my-results",),
    ),
    Route("GET", "/proficiency-tests/results/{resultId}", "learning", "user"),
    Route("GET", "/proficiency-tests/admin/results", "learning", "admin"),
    Route("GET", "/proficiency-tests/admin/results/{resultId}", "learning", "admin"),
    Route("DELETE", "/proficiency-tests/admin/results/{resultId}", "learning", "admin"),
    Route("GET", "/proficiency-tests/admin/users/{userId}/results", "learning", "admin"),
    Route("GET", "/proficiency-tests/{id}", "learning", "optional"),
    Route("PATCH", "/proficiency-tests/{id}", "learning", "admin"),
    Route("DELETE", "/proficiency-tests/{id}", "learning", "admin"),
    Route("POST", "/proficiency-tests/{id}/duplicate", "learning", "admin"),
    Route("POST", "/proficiency-tests/{id}/submit", "learning", "user"),
    Route("GET", "/proficiency-tests/{id}/status", "learning", "user"),
    # learning: materials
    *(
        Route(
            method,
            path,
            "learning",
            "admin",
            timeout=_CHECKING_SECONDS,
            streams=True,
            max_body=2 * GIB + MIB,
        )
        for method, path in (
            ("POST", "/education-materials"),
            ("PATCH", "/education-materials/{id}"),
        )
    ),
    Route("GET", "/education-materials", "learning", "admin"),
    Route("GET", "/education-materials/my", "learning", "user"),
    Route("GET", "/education-materials/admin/users/{userId}", "learning", "admin"),
    Route(
        "POST",
        "/education-materials/{id}/assign",
        "learning",
        "admin",
        timeout=_BATCHES_SECONDS,
    ),
    Route("GET", "/education-materials/{id}", "learning", "user"),
    Route("DELETE", "/education-materials/{id}", "learning", "admin"),
    Route(
        "GET",
        "/education-materials/{id}/files/{fileId}",
        "learning",
        "user",
        timeout=_STALLED_SECONDS,
        streams=True,
    ),
    # notifications: contact
    Route("POST", "/contact", "notifications", "public", rate="public"),
    Route("GET", "/contact", "notifications", "admin"),
    Route("POST", "/contact/{id}/reply", "notifications", "admin"),
    Route("PATCH", "/contact/{id}/status", "notifications", "admin"),
    Route("DELETE", "/contact/{id}", "notifications", "admin"),
    # notifications
    Route("GET", "/notifications", "notifications", "user"),
    Route("POST", "/notifications", "notifications", "admin"),
    Route("GET", "/notifications/unread-count", "notifications", "user"),
    Route("GET", "/notifications/preferences", "notifications", "user"),
    Route("PATCH", "/notifications/preferences", "notifications", "user"),
    Route("DELETE", "/notifications/bulk", "notifications", "user"),
    Route("PATCH", "/notifications/{id}/read", "notifications", "user"),
    Route("POST", "/notifications/device-token", "notifications", "user"),
    Route("DELETE", "/notifications/device-token/{token}", "notifications", "user"),
    *(
        Route(method, "/notifications/live-activity-sessions", "notifications", "user")
        for method in ("POST", "GET", "DELETE")
    ),
    Route("POST", "/notifications/live-activities/{streamId}", "notifications", "admin"),
    Route("GET", "/dev/inbox", "notifications", "public", development_only=True),
    Route("GET", "/dev/templates", "notifications", "public", development_only=True),
)


def present(routes: Iterable[Route], environment: str) -> list[Route]:
    """Those that exist in this environment."""
    return [r for r in routes if environment == "development" or not r.development_only]


class RouteTable:
    """Finds the route of a canonical path: a fixed path first, then the patterns in order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[str, dict[str, Route]] = defaultdict(dict)
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in routes:
            for path in (route.path, *route.aliases):
                methods = self._methods_at(path)
                if route.method in methods:
                    raise ValueError(f"{route.method} {path} is in the table twice")
                methods[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, str]:
        """The route, and the path to forward; else NotFound or MethodNotAllowed."""
        methods = self._fixed.get(path)
        if methods is not None:
            route = _of_method(methods, method)
            return route, route.path
        for pattern, methods in self._patterns.values():
            if match := pattern.fullmatch(path):
                route = _of_method(methods, method)
                return route, _filled(route.path, match.groupdict())
        raise NotFound

    def methods(self, path: str) -> list[str]:
        """The methods that `path` has; none if there is no such path."""
        try:
            self.find("", path)
        except MethodNotAllowed as error:
            return list(error.allowed)
        except NotFound:
            pass
        return []

    def _methods_at(self, path: str) -> dict[str, Route]:
        if "{" not in path:
            return self._fixed[path]
        if path not in self._patterns:
            self._patterns[path] = (re.compile(_pattern(path)), {})
        return self._patterns[path][1]


def _of_method(methods: Mapping[str, Route], method: str) -> Route:
    route = methods.get(method)
    if route is None:
        raise MethodNotAllowed(sorted(methods))
    return route


def _pattern(path: str) -> str:
    parts, end = [], 0
    for place in _PLACE.finditer(path):
        parts += [re.escape(path[end : place.start()])]
        parts += [f"(?P<{place[1]}>.+)" if place[2] else f"(?P<{place[1]}>[^/]+)"]
        end = place.end()
    return "".join([*parts, re.escape(path[end:])])


def _filled(path: str, places: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: encoded(places[place[1]]), path)
