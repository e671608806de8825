"""A tiny proxy before several machines: `python -m tests.trust.balancer PORT FILE` hands each line opened on PORT
to the next of the ports that stand in FILE at that moment, and passes over those where nobody answers."""

from __future__ import annotations

import asyncio
import itertools
import sys
from contextlib import suppress
from pathlib import Path

TURN = itertools.count()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await reader.read(1 << 18):
            writer.write(octets)
            await writer.drain()
    with suppress(OSError):
        writer.close()


async def _line(file: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    ports = file.read_text().split()
    start = next(TURN)
    for number in range(len(ports)):
        port = int(ports[(start + number) % len(ports)])
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
            return
    writer.close()


async def main(port: int, file: Path) -> None:
    server = await asyncio.start_server(lambda one, other: _line(file, one, other), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
