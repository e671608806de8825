"""A mail server of its own process that takes everything and keeps nothing: `python -m bench.sink PORT`."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Taker:
    """Says yes to every letter."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 (aiosmtpd calls it so)
        return "250 OK"


@contextmanager
def sink() -> Iterator[int]:
    """The server, in a process of its own, behind a port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    words = [sys.executable, "-m", "bench.sink", str(port)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield port
        finally:
            server.communicate()


if __name__ == "__main__":
    controller = Controller(Taker(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    print("ready", flush=True)
    sys.stdin.read()
    controller.stop()
