"""nginx in front of a server, with what deploy/nginx.conf says of the way to Plenary: the machine's own, else Debian's.

`python -m tests.trust.nginx` unpacks that beside the tests' Python, where it can be had: nothing is installed, and no
service starts. Without either the proofs are left out, and said to be; where CI is set they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.trust.served import PATIENCE, ROOT, free_port

UNPACKED = Path(sys.prefix) / "nginx"
PLACES = (*os.get_exec_path(), "/usr/local/sbin", "/usr/sbin", str(UNPACKED / "usr" / "sbin"))
MISSING = "These proofs need nginx, and there is none: install it, or say `make .venv/.nginx` on Debian or its like."

MEANT = ROOT / "deploy" / "nginx.conf"
NGINX = """
worker_processes 2; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {sites}
}}
"""
SITE = """
    upstream plenary {{ {upstream} }}
    server {{ listen 127.0.0.1:{port} backlog=511; location / {{ {location} }} }}
"""


def found() -> str | None:
    """The path of the first nginx there is and that starts, else None; `/usr/sbin` is not on everybody's PATH."""
    path = shutil.which("nginx", path=os.pathsep.join(PLACES))
    starts = path is not None and subprocess.run([path, "-v"], capture_output=True, check=False).returncode == 0
    return path if starts else None


def executable() -> str:
    """The path of nginx. Where there is none the test that asks is skipped, but in CI it fails."""
    if path := found():
        return path
    if os.environ.get("CI"):
        pytest.fail(MISSING)
    pytest.skip(MISSING)


def unpack() -> None:
    """Fetch Debian's package and unpack it, where there is apt-get; by a fresh list in CI, on nobody's machine."""
    if shutil.which("apt-get"):
        fresh = "apt-get update -q; " if os.environ.get("CI") and os.geteuid() == 0 else ""
        with TemporaryDirectory() as folder:
            words = f'{fresh}apt-get download -q nginx && dpkg-deb -x nginx_*.deb "$0"'
            subprocess.run(["sh", "-c", words, str(UNPACKED)], cwd=folder, check=False)


@contextmanager
def nginx(folder: Path, sites: str) -> Iterator[Callable[[], bool]]:
    """An nginx with these sites, which keeps its files in `folder`; what lets it read its settings anew."""
    told = folder / "nginx.conf"
    told.write_text(NGINX.format(folder=folder, sites=sites), encoding="utf-8")
    words = [executable(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(told)]
    with subprocess.Popen([*words, "-g", "daemon off;"]) as running:
        try:
            until = time.monotonic() + PATIENCE
            while not (folder / "pid").exists():
                assert (running.poll(), time.monotonic() < until) == (None, True)
                time.sleep(0.05)
            yield lambda: subprocess.run([*words, "-s", "reload"], check=False).returncode == 0
        finally:
            running.terminate()


@contextmanager
def behind_nginx(folder: Path, server: Path) -> Iterator[tuple[int, Callable[[], bool]]]:
    """The port of an nginx that reads in the file `server` where to lead requests, and what lets it read that anew.

    Visitors say in X-Forwarded-For from where they come, so that one machine can play many.
    """
    port, meant = free_port(), MEANT.read_text(encoding="utf-8")
    upstream = meant.partition("upstream plenary {")[2].partition("\n}")[0]
    location = (
        meant.partition("location / {")[2].partition("\n    }")[0].replace("$remote_addr", "$http_x_forwarded_for")
    )
    upstream = upstream.replace("/etc/nginx/plenary-server.conf", str(server))
    with nginx(folder, SITE.format(port=port, upstream=upstream, location=location)) as reload:
        yield port, reload


@contextmanager
def as_installed(folder: Path, server: Path) -> Iterator[tuple[int, int]]:
    """The ports for http and https of an nginx that reads the whole of deploy/nginx.conf, but for places and ports.

    `fullchain.pem`, `privkey.pem` and its log lie in `folder`.
    """
    ports = free_port(), free_port()
    sites = MEANT.read_text(encoding="utf-8")
    for said, here in (
        ("/etc/nginx/plenary-server.conf", str(server)),
        ("/etc/letsencrypt/live/summit.example.org", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("listen 80", f"listen 127.0.0.1:{ports[0]}"),
        ("listen 443", f"listen 127.0.0.1:{ports[1]}"),
        ("listen [::]:", "# not every machine has IPv6: "),
    ):
        assert said in sites, said
        sites = sites.replace(said, here)
    with nginx(folder, sites):
        yield ports


if __name__ == "__main__":
    if not found():
        unpack()
    if not found() and os.environ.get("CI"):
        sys.exit(MISSING)
    sys.stdout.write(f"Proofs behind nginx use {found()}\n" if found() else f"{MISSING} They are left out.\n")
