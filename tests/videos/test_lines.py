"""Files over bad lines to a real server: cut at 40 %, its server killed, its sender closed, two senders at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.videos import parts, store
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.videos.cast import Senders, film
from tests.videos.lines import Cutter, Server, ask, begin_patch, open_line, serving

pytestmark = pytest.mark.one_database

MB = 1024 * 1024
SCRIPT = Path(__file__).with_name("send.mjs")
OCTETS = "application/offset+octet-stream"


@pytest.fixture
def server(senders: Senders, standing: KeepingFlask) -> Iterator[Server]:
    with serving(standing) as running:
        yield running


@pytest.fixture
def pair(senders: Senders, standing: KeepingFlask) -> Iterator[Server]:
    """Two processes serve, as in production."""
    with serving(standing, workers=2) as running:
        yield running


def begun(server: Server, senders: Senders, length: int) -> str:
    status, headers = ask(server.port, "POST", f"{senders.link('Milan')}uploads", Upload_Length=str(length))
    assert status == 201
    return headers["location"]


def offset(server: Server, path: str) -> int:
    status, headers = ask(server.port, "HEAD", path)
    assert status == 200
    return int(headers["upload-offset"])


def settled(server: Server, path: str, wanted: int) -> int:
    """Where the file ends, once the server has noticed that the line broke."""
    until = time.monotonic() + 20
    while (end := offset(server, path)) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    return end


def stored(senders: Senders) -> bytes:
    (version,) = senders.message("Milan").versions
    with senders.cities.app.app_context():
        return store.path(version.key or "").read_bytes()


def test_a_file_cut_at_40_percent_goes_on_from_there_also_on_a_server_that_was_killed(
    server: Server, senders: Senders
) -> None:
    octets = film(5 * MB)
    forty = len(octets) * 2 // 5
    path = begun(server, senders, len(octets))
    with open_line(server.port) as line:
        begin_patch(line, path, 0, len(octets))
        line.sendall(octets[:forty])
    assert settled(server, path, forty) == forty
    server.kill()
    server.start()
    assert offset(server, path) == forty
    status, _headers = ask(server.port, "PATCH", path, octets[forty:], Upload_Offset=str(forty), Content_Type=OCTETS)
    assert (status, senders.state("Milan"), stored(senders) == octets) == (204, State.UPLOADED, True)


def test_a_second_sender_waits_while_the_first_sends_and_succeeds_one_that_is_silent(
    pair: Server, senders: Senders
) -> None:
    """Two processes serve; the first sender's line hangs, as dead ones do, and its last piece comes too late."""
    octets = film(2 * MB)
    path = begun(pair, senders, len(octets))
    with open_line(pair.port) as line:
        begin_patch(line, path, 0, len(octets))
        line.sendall(octets[:MB])
        assert settled(pair, path, MB) == MB
        rest = {"Upload_Offset": str(MB), "Content_Type": OCTETS}
        first = ask(pair.port, "PATCH", path, octets[MB:], **rest)[0]
        time.sleep(parts.STALLED)
        second = ask(pair.port, "PATCH", path, octets[MB:], **rest)[0]
        line.sendall(b"\xee" * MB)
        assert line.recv(64).split()[1] == b"423"
    assert (first, second, stored(senders) == octets) == (423, 204, True)


def test_tus_js_client_brings_a_file_through_a_line_that_breaks_and_a_sender_that_dies(
    server: Server, senders: Senders, tmp_path: Path
) -> None:
    octets = film(11 * MB)
    file, memory = tmp_path / "milan.mp4", tmp_path / "memory.json"
    file.write_bytes(octets)
    with closing(Cutter(server.port, 3 * MB)) as line:
        endpoint = f"http://127.0.0.1:{line.port}{senders.link('Milan')}uploads"
        died = send(endpoint, file, memory, die_after=len(octets) * 2 // 5)
        went_on = send(endpoint, file, memory)
    assert (died.returncode, died.stdout.split()[:1]) == (9, ["beginning"])
    assert (went_on.returncode, went_on.stdout.splitlines()) == (0, ["going on", "done"]), went_on.stderr
    assert line.cuts > 1
    assert (senders.state("Milan"), stored(senders) == octets, len(senders.uploads())) == (State.UPLOADED, True, 1)


def send(endpoint: str, file: Path, memory: Path, die_after: int = 0) -> subprocess.CompletedProcess[str]:
    beside = Path(sys.executable).with_name("node")
    node = str(beside) if beside.exists() else shutil.which("node")
    assert node is not None, "node is missing: install requirements/test.txt"
    words = [node, str(SCRIPT), endpoint, str(file), str(memory), str(die_after)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
