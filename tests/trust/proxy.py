"""A proxy of tests' own in front of two generations of servers: it passes lines on as they come."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes each new line on to the server that `to` names by its port."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.port = 0

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", self.to)
            await asyncio.gather(_copy(near, forth), _copy(far, back))
        except OSError:
            back.transport.abort()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while octets := await source.read(65536):
            sink.write(octets)
            await sink.drain()
    sink.close()
    with suppress(OSError):
        await sink.wait_closed()


@contextmanager
def passing_on(to: int) -> Iterator[Proxy]:
    """A proxy on a free port of loopback."""
    proxy, loop = Proxy(to), asyncio.new_event_loop()
    door = loop.run_until_complete(asyncio.start_server(proxy.carry, "127.0.0.1", 0, backlog=512))
    proxy.port = door.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end(door), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(door: asyncio.Server) -> None:
    door.close()
    for each in asyncio.all_tasks() - {asyncio.current_task()}:
        each.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await each
