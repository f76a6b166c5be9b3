"""The operations of the API: each route of the gateway's table with the function that answers it.

A route says of itself, in its `opt`, what its signature cannot: `idempotent`; `refuses`, the
refusals of its own, besides those that everybody has; `statuses`, where one success is not all;
`form`, the struct of a multipart body; `file`, the media types of a file that it answers with;
`conditional`, that it has an ETag.
"""

import pkgutil
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import Parameter, cleandoc, getsource, signature
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, QueryParameter

import gateway
import services
from gateway.table import TABLE, Route, present
from shared.errors import AulaError
from shared.http.envelope import Envelope

_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Input:
    """A parameter in path or query. `type_`: without None, where it may be left out."""

    name: str
    type_: Any
    default: Any
    is_id: bool


@dataclass(frozen=True)
class Operation:
    id: str
    context: str  # of which it is: `users`, `learning.courses`
    route: Route
    handler: HTTPRouteHandler

    @property
    def path(self) -> str:
        return plain(self.route.path)

    @property
    def aliases(self) -> list[str]:
        return [plain(alias) for alias in self.route.aliases]

    @property
    def changes(self) -> bool:
        return self.route.method != "GET" or 202 in self.statuses

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.handler.fn, include_extras=True)

    @cached_property
    def words(self) -> tuple[str, str]:
        """Summary and description: the docstring's first sentence, and the rest."""
        name = self.handler.fn.__name__.replace("_", " ").capitalize()
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(self.handler.fn.__doc__ or name))
        first, _, rest = re.sub(r"\.(\s+|$)", ".\n", text, count=1).partition("\n")
        return first.removesuffix("."), rest.strip()

    @property
    def statuses(self) -> tuple[int, ...]:
        """Of the answers that are no refusals."""
        told: tuple[int, ...] | None = self.opt("statuses")
        return told or (self.handler.status_code,)

    def opt(self, name: str) -> Any:
        return self.handler.opt.get(name)

    def uses(self, dependency: str) -> bool:
        return dependency in self._hints

    @property
    def is_conditional(self) -> bool:
        return self.uses("known") or bool(self.opt("conditional"))

    @property
    def refuses(self) -> tuple[type[AulaError], ...]:
        return self.opt("refuses") or ()

    @cached_property
    def answer(self) -> Any:
        """The type of `data`; None where the answer has no envelope. `bare` is its type then."""
        kind = self._returned
        return get_args(kind)[0] if get_origin(kind) is Envelope else None

    @property
    def bare(self) -> Any:
        return self._returned

    @property
    def _returned(self) -> Any:
        kind = self._hints.get("return")
        if get_origin(kind) is Response:
            return get_args(kind)[0]
        return kind

    @cached_property
    def body(self) -> tuple[Any, bool] | None:
        """The struct of the JSON body, and whether it must be there."""
        hint = self._hints.get("data")
        if hint is None or not isinstance(get_args(hint)[1], BodyKwarg):
            return None
        kind = get_args(hint)[0]
        return without_none(kind), kind == without_none(kind)

    @property
    def form(self) -> Any:
        return self.opt("form")

    @cached_property
    def in_path(self) -> list[Input]:
        """By the names that the gateway's table gives them."""
        shown = _PLACE.findall(self.route.path)
        own = _PLACE.findall(next(iter(self.handler.paths)))
        source = getsource(self.handler.fn)
        return [
            Input(name, get_args(self._hints[field])[0], None, f"checked_id({field})" in source)
            for name, field in zip(shown, own, strict=True)
        ]

    @cached_property
    def in_query(self) -> list[Input]:
        return list(self._queries())

    def _queries(self) -> Iterator[Input]:
        parameters = signature(self.handler.fn).parameters
        for field, hint in self._hints.items():
            if get_origin(hint) is Annotated and field in parameters:
                kind, mark = get_args(hint)[:2]
                if isinstance(mark, QueryParameter):
                    default = parameters[field].default
                    default = None if default is Parameter.empty else default
                    yield Input(mark.name or field, without_none(kind), default, is_id=False)


def operations() -> list[Operation]:
    """Of all that exists in production, in the order of the table."""
    found = {_key(route.method, route.path): route for route in present(TABLE, "production")}
    answering = dict(_handlers())
    missing = [key for key in found if key not in answering]
    if missing:
        raise LookupError(f"no function answers {missing}")
    shown = [
        (route, *answering[key])
        for key, route in found.items()
        if answering[key][1].include_in_schema is not False
    ]
    names = Counter(handler.fn.__name__ for _, _, handler in shown)
    return [
        Operation(_id(handler.fn.__name__, context, names), context, route, handler)
        for route, context, handler in shown
    ]


def _handlers() -> Iterator[tuple[str, tuple[str, HTTPRouteHandler]]]:
    """By owner, method and path: the context that has it, and the function."""
    for package in (services, gateway):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("routes"):
                continue
            context = module.name.removesuffix(".routes").removeprefix("services.")
            for handler in import_module(module.name).HANDLERS:
                for path in handler.paths:
                    for method in handler.http_methods:
                        yield _key(method, path), (context, handler)


def _key(method: str, path: str) -> str:
    return f"{method} {_PLACE.sub('{}', path)}"


def _id(name: str, context: str, names: Mapping[str, int]) -> str:
    if names[name] > 1:
        name = f"{name}_of_{context.rpartition('.')[2]}"
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def plain(path: str) -> str:
    """`/storage/files/{key:path}` as OpenAPI writes it."""
    return _PLACE.sub(r"{\1}", path)


def without_none(kind: Any) -> Any:
    if get_origin(kind) not in (Union, UnionType):
        return kind
    kinds = tuple(each for each in get_args(kind) if each is not type(None))
    return Union[kinds]  # noqa: UP007  made at run time
