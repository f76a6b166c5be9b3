"""`python -m tests.benchmarks.upstream PORT`: answers as fast as Python can."""

import asyncio
import sys

import uvloop

from tests.benchmarks.load import FastUpstream


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(FastUpstream, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
