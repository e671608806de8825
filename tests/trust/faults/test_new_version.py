"""F24: a new version takes over while people register, by deploy/take_over.py: its server starts beside the old one,
new lines go to it, and the old one is asked to end (SIGTERM). Nobody notices.

systemd is played by this test; the proxy is one of tests' own, and nginx.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy import take_over as taking
from deploy.take_over import Failed, Way, take_over
from tests.trust.clients import Crowd
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.nginx import behind_nginx
from tests.trust.proxy import passing_on
from tests.trust.served import PATIENCE, Served, documented, free_port, served

TURNS = 3
Through = Callable[[Way], AbstractContextManager[tuple[int, Callable[[], bool]]]]


class Units:
    """Two units of systemd, of which at most one rests: they serve what `storm` does, as deploy/ says."""

    def __init__(self, storm: Storm, folder: Path, stack: ExitStack, way: Way, reload: Callable[[], bool]) -> None:
        self.storm, self.folder, self.stack, self.way, self.reload = storm, folder, stack, way, reload
        self.running: dict[int, Served] = {}
        self.enabled: set[str] = set()
        self.started = 0

    def systemctl(self, act: str, name: str) -> bool:
        match act:
            case "reload":
                return self.reload()
            case "enable":
                self.enabled.add(name)
            case "disable":
                self.enabled.discard(name)
            case "restart":
                self.start(int(name.partition("@")[2]))
            case "stop":
                house = self.running.pop(int(name.partition("@")[2]))
                house.terminate()
                assert house.server is not None
                assert house.server.wait(60) == 0
        return True

    def start(self, port: int) -> None:
        self.started += 1
        house = served(self.storm.ground.settings, self.folder / str(self.started), port=port, **documented())
        self.running[port] = self.stack.enter_context(house)


def way_to(folder: Path, **more: float) -> Way:
    """Two free ports, the first of which serves; the file that says so lies in `folder`."""
    way = Way(folder / "server.conf", "server 127.0.0.1:{port};", "proxy", (free_port(), free_port()), **more)
    way.lead_to(way.ports[0])
    return way


def failed(crowd: Crowd) -> int:
    """Requests that came to nothing, or to a fault of ours."""
    answers = crowd.tally.answers
    return crowd.tally.broken + sum(answers[each] for each in answers if each >= 500)


@contextmanager
def through_ours(way: Way) -> Iterator[tuple[int, Callable[[], bool]]]:
    """A proxy of tests' own: its port, and what lets it read the file anew."""
    with passing_on(way.serving()) as proxy:

        def reload() -> bool:
            proxy.to = way.serving()
            return True

        yield proxy.port, reload


@contextmanager
def through_nginx(way: Way) -> Iterator[tuple[int, Callable[[], bool]]]:
    """nginx with what deploy/nginx.conf says: its port, and what lets it read the file anew."""
    with behind_nginx(way.file.parent, way.file) as found:
        yield found


@pytest.mark.trust
@pytest.mark.parametrize("proxy", [through_ours, through_nginx])
def test_a_new_version_takes_over_and_nobody_notices(
    storm: Storm, figures: Figures, tmp_path: Path, proxy: Through
) -> None:
    named = "" if proxy is through_ours else " behind nginx"
    way = way_to(tmp_path)
    with ExitStack() as stack, proxy(way) as (port, reload):
        units = Units(storm, tmp_path, stack, way, reload)
        units.start(way.ports[0])
        crowd = Crowd(storm.ground.cast, port, at_once=16)
        with crowd.coming():
            for _each in range(TURNS):
                take_over(way, units.systemctl)
        assert (list(units.running), units.enabled) == ([way.serving()], {f"plenary-web@{way.serving()}"})
    figures.hold("F24", f"people who registered while new versions took over{named}", len(crowd.tally.told), least=16)
    figures.hold("F24", f"requests that failed while {TURNS} new versions took over{named}", failed(crowd), exactly=0)
    storm.examine(crowd).hold(figures, "F24", named)


@pytest.mark.trust
def test_a_server_that_is_not_waited_for_fails_people(
    storm: Storm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: lines are led to the new one before it is ready."""
    way = way_to(tmp_path, quiet=0.1)
    monkeypatch.setattr(taking, "gets_ready", lambda port, seconds: True)
    with ExitStack() as stack, through_ours(way) as (port, reload):
        units = Units(storm, tmp_path, stack, way, reload)
        units.start(way.ports[0])
        crowd = Crowd(storm.ground.cast, port, at_once=16)

        def systemctl(act: str, name: str) -> bool:
            done = act == "restart" or units.systemctl(act, name)
            until = time.monotonic() + PATIENCE
            while act == "reload" and not failed(crowd) and time.monotonic() < until:
                time.sleep(0.05)
            return done

        with crowd.coming():
            take_over(way, systemctl)
            units.start(way.serving())
    assert failed(crowd) > 0


@contextmanager
def answering(port: int, status: int, words: bytes = b"") -> Iterator[None]:
    """Something on this port that answers everything like this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def asked(way: Way, *refused: str) -> tuple[str, list[str]]:
    """What a take-over says, and what it asked of systemd, which refuses these words."""
    words: list[str] = []

    def systemctl(*told: str) -> bool:
        words.append(" ".join(told).replace(str(way.ports[0]), "old").replace(str(way.ports[1]), "new"))
        return words[-1] not in refused

    with suppress(Failed):
        take_over(way, systemctl)
        return "done", words
    return "failed", words


@pytest.mark.one_database
def test_a_version_that_gets_not_ready_changes_nothing(tmp_path: Path) -> None:
    way = way_to(tmp_path, ready=0.5, quiet=0.0)
    with answering(way.ports[1], 503, b"Migrations are pending.\n"):
        assert asked(way) == ("failed", ["restart plenary-web@new", "stop plenary-web@new"])
        with pytest.raises(Failed, match=r"Migrations are pending\.\nplenary-web@"):
            take_over(way, lambda *words: True)
    assert asked(way, "restart plenary-web@new")[0] == "failed"
    assert way.serving() == way.ports[0]


@pytest.mark.one_database
def test_a_proxy_that_takes_no_new_line_keeps_the_old_one(tmp_path: Path) -> None:
    way = way_to(tmp_path, quiet=0.0)
    with answering(way.ports[1], 200):
        said = asked(way, "reload proxy")
        assert said == ("failed", ["restart plenary-web@new", "reload proxy", "stop plenary-web@new"])
        assert way.serving() == way.ports[0]
        begins, ends = ["restart plenary-web@new", "reload proxy"], ["stop plenary-web@old"]
        turned = ["enable plenary-web@new", "disable plenary-web@old"]
        assert asked(way) == ("done", [*begins, *turned, *ends])
    assert way.serving() == way.ports[1]


@pytest.mark.one_database
def test_a_file_that_names_neither_port_is_told(tmp_path: Path) -> None:
    way = way_to(tmp_path)
    way.lead_to(1)
    with pytest.raises(Failed, match="names neither port"):
        take_over(way, lambda *words: True)
