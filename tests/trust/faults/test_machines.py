"""Three web machines and two workers that share a database and nothing else: F1, F15 and F24 across them."""

from __future__ import annotations

import itertools
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from tests.outbox.servers import Sink, listening
from tests.trust.calendars import asking, change, subscribed, through_a_change
from tests.trust.clients import Crowd
from tests.trust.faults.deaths import dying
from tests.trust.faults.mail import SPEED, WAITS
from tests.trust.faults.worker import Workers, workers
from tests.trust.figures import Figures
from tests.trust.grounds import Ground, ground
from tests.trust.invariants import engine_of
from tests.trust.machines import Machines, machines

DRAINED = 600.0
"""Seconds that a loaded machine may take until the last letter has gone."""


@pytest.fixture(scope="module")
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("SQLite serves one machine")
    folder = tmp_path_factory.mktemp("machines")
    with ground("postgresql", folder) as made, machines(made, folder) as found:
        yield found


@dataclass
class Post:
    """Machines that send letters, and where the letters go."""

    ground: Ground
    sink: Sink
    staff: list[Workers]

    @property
    def killed(self) -> int:
        return sum(each.killed for each in self.staff)

    def kill(self, chance: Random) -> None:
        """End the worker of one machine by SIGKILL, whatever it has in hand; another begins."""
        chance.choice(self.staff).kill()

    def drain(self) -> None:
        """Wait until no letter waits any more."""
        until = time.monotonic() + DRAINED
        while self._rows(f"SELECT id FROM messages WHERE state IN ({WAITING}) LIMIT 1"):
            assert time.monotonic() < until, "letters still wait"
            time.sleep(0.1)

    def hold(self, figures: Figures, where: str) -> None:
        """Everybody who is registered got the one letter that says so, and twice at most as often as workers died."""
        came = self.letters()
        people = {row.email for row in self._rows("SELECT email FROM delegates")}
        figures.hold("F1", f"people without a letter{where}", len(people - came.keys()), exactly=0)
        figures.hold("F1", f"letters that came twice{where}", self.doubled, most=self.killed)
        differing = sum(len(set(raws)) > 1 for raws in came.values())
        figures.hold("F1", f"letters that came twice and differed{where}", differing, exactly=0)

    def letters(self) -> dict[str, list[bytes]]:
        """What came to whom; all of it is alike in each letter of a person, the Message-ID too."""
        found: dict[str, list[bytes]] = defaultdict(list)
        for to, raw in self.sink.taken:
            found[to].append(raw)
        return found

    @property
    def doubled(self) -> int:
        return sum(len(each) - 1 for each in self.letters().values())

    def _rows(self, query: str) -> list[Any]:
        engine = engine_of(self.ground.url)
        with engine.connect() as connection:
            return list(connection.execute(text(query)))


WAITING = ", ".join(f"'{each}'" for each in WAITS)


@contextmanager
def posting(many: Machines, folder: Path, *, slow: float, without: str = "") -> Iterator[Post]:
    """Two machines with a worker each, whose pauses are short, and a mail server that takes its time."""
    sink = Sink(slow=slow)
    with ExitStack() as stack:
        port = stack.enter_context(listening(sink))
        staff = []
        for number in range(2):
            mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False}
            own = many.ground.settings | mail | {"INSTANCE": str(folder / f"mailer-{number}")}
            staff.append(stack.enter_context(workers(own, number=1, speed=SPEED, without=without)))
        yield Post(many.ground, sink, staff)


def test_machines_die_and_no_registration_is_lost_or_doubled(many: Machines, figures: Figures, full: bool) -> None:
    """A short storm without workers; the long one is the next."""
    crowd, wanted, people = many.crowd(), 2, 40
    before = many.kills
    with dying(many.kill):
        crowd.register(people)
        while many.kills - before < wanted:
            crowd.register(20)
    registered(many, crowd, figures, " (three machines)")


@pytest.mark.trust
def test_machines_and_workers_die_and_everybody_gets_one_letter(
    many: Machines, figures: Figures, tmp_path: Path, full: bool
) -> None:
    wanted, people = (10, 1000) if full else (3, 90)
    where, before, crowd = " (three machines, two workers)", many.kills, many.crowd()
    with posting(many, tmp_path, slow=0.002) as post:

        def death(chance: Random) -> None:
            many.kill(chance)
            if post.killed < wanted and len(post.sink.taken) >= people * (post.killed + 0.5) / wanted:
                post.kill(chance)

        with dying(death):
            crowd.register(people)
            while many.kills - before < wanted:
                crowd.register(20)
            post.drain()
        post.hold(figures, where)
    figures.hold("F1", f"web processes killed{where}", many.kills - before, least=wanted)
    figures.hold("F1", f"workers killed{where}", post.killed, least=wanted)
    registered(many, crowd, figures, where)


def registered(many: Machines, crowd: Crowd, figures: Figures, where: str) -> None:
    figures.hold("F1", f"people who got no answer{where}", len(crowd.tally.gone), exactly=0)
    figures.hold("F1", f"answers that were a fault of ours{where}", crowd.tally.answers[500], exactly=0)
    many.examine(crowd).hold(figures, "F1", where)


@pytest.mark.trust
def test_letters_of_a_second_transaction_would_be_lost_on_machines_too(
    many: Machines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("careless")
    with (
        ground("postgresql", folder) as made,
        machines(made, folder, web=2, broken=("outbox_tx",)) as careless,
    ):
        crowd = careless.crowd()
        with dying(careless.kill):
            for _wave in range(20):
                crowd.register(40)
                if careless.examine(crowd).silent:
                    break
        assert careless.examine(crowd).silent > 0


@pytest.mark.trust
def test_machines_that_lease_no_letters_would_both_send_them(many: Machines, tmp_path: Path) -> None:
    """The control: each worker takes what the other has in hand."""
    many.crowd().register(40)
    with posting(many, tmp_path, slow=0.3, without="lease") as post:
        post.drain()
    assert post.doubled > post.killed == 0


@pytest.mark.trust
def test_machines_are_replaced_one_by_one_and_nobody_notices(many: Machines, figures: Figures, full: bool) -> None:
    many.come_back()
    crowd = many.crowd(at_once=8)
    with crowd.coming():
        for each in many.houses:
            many.replace(each)
    where = " while three machines were replaced"
    faults = sum(n for status, n in crowd.tally.answers.items() if status >= 500)
    figures.hold("F24", f"people who registered{where}", len(crowd.tally.told), least=8)
    figures.hold("F24", f"answers 5xx{where}", faults, exactly=0)
    figures.hold("F24", f"lines that broke{where}", crowd.tally.broken, exactly=0)
    many.examine(crowd).hold(figures, "F24", where)


@pytest.mark.trust
def test_a_machine_that_is_not_taken_out_first_would_fail_people(
    many: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the proxy goes on to hand lines to a machine that is stopped, and nobody waits for those it has."""
    many.come_back()
    crowd = many.crowd(at_once=16)
    monkeypatch.setattr(many, "show", lambda houses: None)
    monkeypatch.setattr("tests.trust.machines.gets_quiet", lambda *port: True)
    with crowd.coming():
        for house in itertools.islice(itertools.cycle(many.houses), 12):
            crowd.some(1)
            many.replace(house, signal.SIGKILL)
            if crowd.tally.broken:
                break
    assert crowd.tally.broken > 0


def test_calendars_follow_the_agenda_on_every_machine(
    many: Machines, figures: Figures, tmp_path: Path, full: bool
) -> None:
    many.come_back()
    where = " (three machines)"
    with subscribed(many.ground, 10_000 if full else 240) as paths, many.front(tmp_path) as ports:
        with asking([many.port], paths[-300:]) as few:
            few.once(anew=True)
            through_a_change(few, many.ground, 0.3).hold(figures, f"{where[:-1]} behind a little proxy)")
        with asking(ports, paths) as programs:
            programs.once(anew=True)
            with programs.on() as polled:
                crowd = many.crowd(at_once=2)
                crowd.register(60 if full else 6)
            same = programs.once()
            if full:
                through_a_change(programs, many.ground, 10).hold(figures, where)
    figures.hold("F16", f"polls answered by anything but 304{where}", polled.count - polled.statuses[304], exactly=0)
    figures.hold("F16", f"people who got no answer while all poll{where}", len(crowd.tally.gone), exactly=0)
    figures.measure("F16", f"p99 of a registration while all poll{where}", crowd.tally.p99(), most=1, unit="s")
    figures.measure("F15", f"304s while nothing changes{where}", round(same.rate), least=1000, unit="a second")


@pytest.mark.trust
def test_what_is_kept_without_asking_would_be_told_too_long(
    many: Machines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("forgetful")
    with (
        machines(many.ground, folder, web=1, broken=("marks",)) as forgetful,
        subscribed(many.ground, 40) as paths,
        asking([forgetful.port], paths) as programs,
    ):
        programs.once(anew=True)
        programs.once()
        change(many.ground)
        assert programs.once().statuses[304] >= sum(each.startswith("/c/") for each in paths)
