"""Let a new version take over while people work, and nobody notice: `sudo python3 deploy/take_over.py`.

Two units, plenary-web@8000 and plenary-web@8001, take turns. The one that rests is started with the code and settings
of now; once it is ready the proxy leads new requests to it; once no request to the other is in hand any more, that one
is stopped. When the new one does not get ready, or the proxy does not take its new line, all stays as it was, and this
ends with 1. Python's own library is all it needs.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

ESTABLISHED = "01"
"""The state of an open line in /proc/net/tcp."""


class Failed(Exception):
    """Why the new version did not take over, in words."""


@dataclass(frozen=True)
class Way:
    """How this machine's proxy is told where to lead requests."""

    file: Path
    """Holds `line` for the port that serves, and is included by the proxy's own settings."""
    line: str
    unit: str
    """Of the proxy."""
    ports: tuple[int, int] = (8000, 8001)
    ready: float = 180.0
    """Seconds in which the new one must get ready."""
    quiet: float = 5.0
    """Seconds without an open line after which the proxy's processes of before are done with the old one."""
    patience: float = 90.0
    """Seconds to wait for that; then the old one ends what it has in hand (a film goes on where it was)."""

    def serving(self) -> int:
        """The port that requests are led to at present."""
        for port in self.ports:
            if str(port) in re.findall(r"\d+", self.file.read_text(encoding="utf-8")):
                return port
        raise Failed(f"{self.file} names neither port {self.ports[0]} nor {self.ports[1]}.")

    def lead_to(self, port: int) -> None:
        """Write the file anew, so that whoever reads it sees one port or the other."""
        fresh = self.file.with_name(f"{self.file.name}.new")
        fresh.write_text(self.line.format(port=port) + "\n", encoding="utf-8")
        fresh.replace(self.file)


WAYS = {
    "nginx": Way(Path("/etc/nginx/plenary-server.conf"), "server 127.0.0.1:{port};", "nginx"),
    "caddy": Way(Path("/etc/caddy/plenary-server.conf"), "to 127.0.0.1:{port}", "caddy"),
}
Systemctl = Callable[..., bool]
"""Takes the words after `systemctl`; whether it was done."""


def take_over(way: Way, systemctl: Systemctl) -> tuple[int, int]:
    """Let the unit that rests take over; the ports of before and after. Raises Failed when all stays as it was."""
    old = way.serving()
    new = next(each for each in way.ports if each != old)
    if not systemctl("restart", unit(new)) or not gets_ready(new, way.ready):
        _status, why = readiness(new)
        systemctl("stop", unit(new))
        told = f"{unit(new)} did not get ready; `journalctl -u {unit(new)}` says why. Nothing was changed."
        raise Failed(f"{why}{told}")
    way.lead_to(new)
    if not systemctl("reload", way.unit):
        way.lead_to(old)
        systemctl("stop", unit(new))
        raise Failed(f"{way.unit} did not take its new line. Nothing was changed.")
    systemctl("enable", unit(new))
    systemctl("disable", unit(old))
    gets_quiet(old, way.quiet, way.patience)
    systemctl("stop", unit(old))
    return old, new


def unit(port: int) -> str:
    return f"plenary-web@{port}"


def gets_ready(port: int, seconds: float) -> bool:
    """Wait until /readyz answers 200: the process, its database and its disk are well."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status, _why = readiness(port)
        if status == 200:
            return True
        time.sleep(0.2)
    return False


def readiness(port: int) -> tuple[int, str]:
    """What /readyz answers, by its status and in words; 0 and none when nobody does."""
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line,
    ):
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    return 0, ""


def gets_quiet(port: int, quiet: float, seconds: float) -> bool:
    """Wait until no line to this port has been open for so long; whether that came in time."""
    begun = last = time.monotonic()
    while time.monotonic() - begun < seconds:
        if open_lines(port):
            last = time.monotonic()
        elif time.monotonic() - last >= quiet:
            return True
        time.sleep(0.05)
    return False


def open_lines(port: int) -> int:
    """How many lines to this port of loopback are open, as the kernel counts them at the server's end."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    found = (row.split() for row in rows)
    return sum(each[1].endswith(f":{port:04X}") and each[3] == ESTABLISHED for each in found)


def ask_systemctl(*words: str) -> bool:
    return subprocess.run(["systemctl", *words], check=False).returncode == 0  # noqa: S607 (where root's path says)


def main() -> str | None:
    told = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    told.add_argument("--proxy", choices=WAYS, default="nginx", help="what stands in front (nginx)")
    way = WAYS[told.parse_args().proxy]
    if os.geteuid() != 0:
        return "Only root may start and stop units: sudo python3 deploy/take_over.py"
    try:
        old, new = take_over(way, ask_systemctl)
    except (Failed, OSError) as no:
        return str(no)
    print(f"Port {new} has taken over from port {old}.")
    return None


if __name__ == "__main__":
    sys.exit(main())
