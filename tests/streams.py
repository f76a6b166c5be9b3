"""What NATS keeps."""

from collections.abc import AsyncIterator

import nats
import nats.js.errors


async def messages_of(url: str) -> AsyncIterator[bytes]:
    """Headers and bodies of everything in every stream, key-value buckets among them."""
    client = await nats.connect(url)
    js = client.jetstream()
    for info in await js.streams_info():
        for sequence in range(max(1, info.state.first_seq), info.state.last_seq + 1):
            try:
                message = await js.get_msg(info.config.name, sequence)
            except nats.js.errors.NotFoundError:
                continue
            yield repr((message.subject, message.headers)).encode() + (message.data or b"")
    await client.close()
