"""deploy/nginx.conf as a whole: nginx takes it, and passes on to Plenary what docs/operations.md asks of a proxy."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.outbox.servers import certified
from tests.trust import nginx
from tests.trust.nginx import as_installed

pytestmark = pytest.mark.one_database

NAME = "summit.example.org"
SECRET = "a-link-that-opens-a-page"


@contextmanager
def plenary() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Something in Plenary's place: its port, and the headers of each request that reached it, with `path`."""
    came: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, came
        finally:
            server.shutdown()
            thread.join()


def test_nginx_takes_the_whole_file_and_leads_to_plenary(tmp_path: Path) -> None:
    certified(tmp_path / "fullchain.pem", NAME)
    (tmp_path / "fullchain.key").rename(tmp_path / "privkey.pem")
    file = tmp_path / "server.conf"
    with plenary() as (port, came):
        file.write_text(f"server 127.0.0.1:{port};\n", encoding="utf-8")
        with as_installed(tmp_path, file) as (http, https):
            with closing(HTTPConnection("127.0.0.1", http, timeout=60)) as line:
                line.request("GET", "/agenda?lang=ko", headers={"Host": NAME})
                answer = line.getresponse()
                assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/agenda?lang=ko")
            assert [ask(https, path, tmp_path) for path in ("/metrics", f"/m/{SECRET}")] == [
                b"HTTP/1.1 404 Not Found",
                b"HTTP/1.1 200 OK",
            ]
            with speaking(https, "h2", tmp_path) as line:
                assert line.selected_alpn_protocol() == "h2"
    assert [each["path"] for each in came] == [f"/m/{SECRET}"]
    told = came[0]
    assert (told["host"], told["x-forwarded-for"], told["x-forwarded-proto"]) == (NAME, "127.0.0.1", "https")
    assert len(told["x-request-id"]) == 32
    with as_installed(tmp_path, file) as (_http, https):
        assert ask(https, f"/m/{SECRET}", tmp_path) == b"HTTP/1.1 502 Bad Gateway"  # nobody listens there any more
    written = (tmp_path / "plenary.log").read_text() + (tmp_path / "plenary.error.log").read_text()
    assert " 200 GET " in written
    assert [each for each in (SECRET, "127.0.0.1") if each in written] == []


def test_without_nginx_proofs_are_left_out_but_in_ci_they_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nginx, "found", lambda: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="need nginx"):
        nginx.executable()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="need nginx"):
        nginx.executable()


def speaking(port: int, protocol: str, folder: Path) -> ssl.SSLSocket:
    """A line by which this protocol was agreed upon with the server of that name."""
    trusting = ssl.create_default_context(cafile=folder / "fullchain.pem")
    trusting.set_alpn_protocols([protocol])
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    return trusting.wrap_socket(line, server_hostname=NAME)


def ask(port: int, path: str, folder: Path) -> bytes:
    """The first line of the answer to somebody who says falsely from where they come."""
    with speaking(port, "http/1.1", folder) as line, line.makefile("rb") as answer:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n".encode())
        return answer.readline().rstrip()
