"""A proxy of tests' own in front of two generations of servers: it passes lines on as they come, and knows how many are
open to each."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes each new line on to the server that `to` names by its port."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.port = 0
        self.open: Counter[int] = Counter()

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        to = self.to
        self.open[to] += 1
        try:
            far, forth = await asyncio.open_connection("127.0.0.1", to)
            await asyncio.gather(_copy(near, forth), _copy(far, back))
        except OSError:
            back.transport.abort()
        finally:
            self.open[to] -= 1

    def drained(self, port: int, patience: float = 30.0) -> bool:
        """Wait until no line to this server is open any more; whether none is."""
        until = time.monotonic() + patience
        while self.open[port] and time.monotonic() < until:
            time.sleep(0.01)
        return not self.open[port]


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
