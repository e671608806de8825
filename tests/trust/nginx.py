"""nginx in front of a server, with what deploy/nginx.conf says of the way to Plenary."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.trust.served import PATIENCE, ROOT, free_port

NGINX = """
worker_processes 2; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream plenary {{ {upstream} }}
    server {{ listen 127.0.0.1:{port} backlog=511; location / {{ {location} }} }}
}}
"""


def there() -> bool:
    """Whether this machine has nginx."""
    return shutil.which("nginx") is not None


@contextmanager
def behind_nginx(folder: Path, server: Path) -> Iterator[tuple[int, Callable[[], bool]]]:
    """The port of an nginx that reads in the file `server` where to lead requests, and what lets it read that anew.

    Visitors say in X-Forwarded-For from where they come, so that one machine can play many.
    """
    port, told = free_port(), folder / "nginx.conf"
    meant = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = meant.partition("upstream plenary {")[2].partition("\n}")[0]
    location = (
        meant.partition("location / {")[2].partition("\n    }")[0].replace("$remote_addr", "$http_x_forwarded_for")
    )
    upstream = upstream.replace("/etc/nginx/plenary-server.conf", str(server))
    told.write_text(NGINX.format(folder=folder, port=port, upstream=upstream, location=location), encoding="utf-8")
    words = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(told)]
    with subprocess.Popen([*words, "-g", "daemon off;"]) as nginx:
        try:
            until = time.monotonic() + PATIENCE
            while not (folder / "pid").exists():
                assert (nginx.poll(), time.monotonic() < until) == (None, True)
                time.sleep(0.05)
            yield port, lambda: subprocess.run([*words, "-s", "reload"], check=False).returncode == 0
        finally:
            nginx.terminate()
