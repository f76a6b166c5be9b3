"""A client of raw bytes: it can say what no well-behaved one would."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    cut: bool = False  # the connection ended before the body did

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def __getitem__(self, name: str) -> str:
        (value,) = self.values(name)
        return value

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of an error in its envelope, which is checked on the way."""
        envelope = self.json
        assert set(envelope) == {
            "isSuccess", "statusCode", "data", "errors", "code", "timestamp",
        }  # fmt: skip
        assert envelope["isSuccess"] is False
        assert envelope["statusCode"] == self.status
        assert self["x-request-id"]
        code: str = envelope["code"]
        return code


class Client:
    """One connection to a gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, within: float = 30.0) -> Answer:
        """The next answer, whole or cut. ConnectionError if there is none."""
        async with asyncio.timeout(within):
            return await self._answer()

    async def _answer(self) -> Answer:
        answer = await self.head()
        try:
            if answer.values("transfer-encoding"):
                while size := int(await self.reader.readline() or b"-", 16):
                    answer.body += (await self.reader.readexactly(size + 2))[:-2]
                await self.reader.readexactly(2)
            elif answer.status not in (204, 304):
                answer.body = await self.reader.readexactly(int(answer["content-length"]))
        except asyncio.IncompleteReadError as error:
            answer.body += error.partial
            answer.cut = True
        except (ValueError, ConnectionError):
            answer.cut = True
        return answer

    async def head(self) -> Answer:
        try:
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError(f"closed after {error.partial!r}") from None
        pairs = [line.partition(":")[::2] for line in lines[1:] if line]
        return Answer(int(lines[0].split(" ")[1]), [(k.lower(), v.strip()) for k, v in pairs])

    async def closed(self, within: float = 20.0) -> bool:
        """Whether the gateway ends the connection."""
        try:
            async with asyncio.timeout(within):
                while await self.reader.read(65536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


def request(
    method: str, target: str, *lines: str, token: str | None = None, body: bytes | None = None
) -> bytes:
    headers = [f"{method} {target} HTTP/1.1", "Host: aula.test", *lines]
    if token is not None:
        headers.append(f"Authorization: Bearer {token}")
    if body is not None:
        headers += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*headers, "", ""]).encode("latin-1") + (body or b"")


async def ask(
    port: int,
    method: str,
    target: str,
    *lines: str,
    token: str | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request on a connection of its own."""
    async with await Client.to(port) as client:
        client.send(request(method, target, *lines, token=token, body=body))
        return await client.answer()
