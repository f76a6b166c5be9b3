"""`python -m deploy.reference.recording`: walks the API on a stack started for it, and keeps the
first good answer of each operation in `examples.json`, secrets shortened."""

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
import msgspec
from multipart import MultipartParser, parse_options_header

from deploy.reference.examples import RECORDED, Example
from deploy.reference.operations import Operation, operations
from deploy.reference.walk import Walk
from deploy.stack import Stack

_SHOWN = 16  # characters of a secret
_SECRET = re.compile(r"(eyJ[\w-]{13}|(?<=/users/exports/)[\w-]{8}|^[\w-]{16})[\w.-]{20,}")
_IDS = re.compile(r"[0-9a-f]{24}|[0-9a-f]{64}")


class Recorder:
    """Keeps what passes an HTTP client."""

    def __init__(self) -> None:
        self.found: dict[str, Example] = {}
        self._known = [(each, _pattern(each.path)) for each in operations()]

    def note(self, response: httpx.Response) -> None:
        request = response.request
        for operation, pattern in self._known:
            match = pattern.fullmatch(request.url.path)
            if match and operation.route.method == request.method:
                if response.status_code in operation.statuses:
                    self._keep(operation, match.groupdict(), response)
                return

    def _keep(self, operation: Operation, places: dict[str, str], response: httpx.Response) -> None:
        response.read()
        request = response.request
        is_json = response.headers["content-type"] == "application/json"
        sent_json = request.headers.get("content-type") == "application/json"
        numbers = {each.name for each in operation.in_query if each.type_ is int}
        query = {
            name: int(value) if name in numbers else value
            for name, value in request.url.params.items()
        }
        example = Example(
            parameters=_shortened({**places, **query}),
            body=_shortened(msgspec.json.decode(request.content)) if sent_json else None,
            form=_form(request),
            status=response.status_code,
            answer=_shortened(response.json()) if is_json else None,
        )
        self.found.setdefault(operation.id, example)


def _pattern(path: str) -> re.Pattern[str]:
    places = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    return re.compile(places.replace("(?P<key>[^/]+)", "(?P<key>.+)"))


def _form(request: httpx.Request) -> dict[str, Any] | None:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data":
        return None
    parts = MultipartParser(io.BytesIO(request.read()), options["boundary"])
    found: dict[str, Any] = {}
    for part in parts:
        if part.filename is None:
            found[part.name] = part.value
        elif part.name in ("pdfs", "videoFiles"):
            found.setdefault(part.name, []).append(part.filename)
        else:
            found[part.name] = part.filename
    return found


def _shortened(value: Any) -> Any:
    match value:
        case dict():
            return {name: _shortened(inner) for name, inner in value.items()}
        case list():
            return [_shortened(inner) for inner in value]
        case str() if not _IDS.fullmatch(value):
            return _SECRET.sub(lambda found: f"{found[1]}…", value)
    return value


async def record() -> dict[str, Example]:
    recorder = Recorder()
    with tempfile.TemporaryDirectory(prefix="aula-") as folder:
        async with Stack({}, data_dir=Path(folder)) as stack:
            with httpx.Client(
                base_url=stack.url("gateway"),
                timeout=30,
                trust_env=False,
                headers={"User-Agent": "AulaApp/2.1 (iOS)"},
                event_hooks={"response": [recorder.note]},
            ) as http:
                await asyncio.to_thread(Walk(http).run)
    return recorder.found


def main() -> int:
    found = asyncio.run(record())
    content = msgspec.json.encode(dict(sorted(found.items())))
    RECORDED.write_bytes(msgspec.json.format(content, indent=1) + b"\n")
    silent = [each.id for each in operations() if each.id not in found]
    print(f"{len(found)} operations recorded; none of {', '.join(silent) or 'them missing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
