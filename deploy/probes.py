"""Asking a process over HTTP whether it is ready."""

import asyncio
import os
from collections.abc import Awaitable, Callable

# None when ready, else the reason why not, in words.
Probe = Callable[[], Awaitable[str | None]]

ANSWER_WITHIN = 2.0
EXCERPT = 200


async def http_ready(host: str, port: int, path: str) -> str | None:
    """None when GET answers 200, else the start of its body, or what the connection said."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request.encode())
                answer = await reader.read()
            finally:
                writer.close()
    except TimeoutError:
        return f"no answer within {ANSWER_WITHIN:g} s"
    except OSError as error:
        return os.strerror(error.errno) if error.errno else str(error)
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b"\r\n")[0].decode(errors="replace").partition(" ")[2]
    if status.startswith("200"):
        return None
    text = " ".join(body.decode(errors="replace").split())[:EXCERPT]
    return f"{status}: {text}" if status else "closed the connection without an answer"
