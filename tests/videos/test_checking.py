"""What the worker does with a file that has come."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from app import db as database
from app.db import write
from app.videos import checking, probing, requirements, service, states
from app.videos.models import State
from app.videos.requirements import Finding, Weight
from app.web.kept import KeepingFlask
from tests.videos import clips
from tests.videos import films as cast
from tests.videos.films import Sent
from tests.videos.lines import PATIENCE, ROOT, environment


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return cast.good(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def milan(rehearsal: KeepingFlask, good: Sent) -> KeepingFlask:
    """Milan has sent a good film."""
    with rehearsal.app_context():
        cast.expect()
        cast.send("milan", good)
    return rehearsal


def test_a_good_film_goes_to_review_with_its_facts_and_checksum(milan: KeepingFlask, good: Sent) -> None:
    with milan.app_context():
        assert cast.check() == 1
        version = cast.newest("milan")
        assert cast.message("milan").state == State.IN_REVIEW
        assert version.sha256 == hashlib.sha256(good.path.read_bytes()).hexdigest()
        assert version.facts is not None
        assert (version.facts["width"], version.facts["rate"], version.findings) == (1280, 25.0, [])
        assert (version.claimed_until, version.tries) == (None, 0)
        assert cast.check() == 0
        assert cast.letters("video failed") + cast.letters("video captions") == []


def test_a_portrait_film_fails_with_its_rule_and_a_letter_that_says_it(rehearsal: KeepingFlask, tmp_path: Path) -> None:
    with rehearsal.app_context():
        cast.expect()
        cast.send("milan", Sent(clips.film(tmp_path / "tall.mp4", size=(720, 1280)), clips.captions((0, 1))))
        cast.check()
        found = requirements.read(cast.newest("milan").findings)
        assert found == (Finding("portrait", Weight.REFUSED, {"width": 720, "height": 1280}),)
        assert cast.message("milan").state == State.FAILED
        told = cast.letters("video failed")
        assert {each.to for each in told} == cast.readers("milan")
        assert "720 × 1280, portrait: 16:9, at least 1280 × 720 is wanted." in cast.words(told[0])


def test_a_film_longer_than_its_slot_is_warned_of_and_reviewed(rehearsal: KeepingFlask, tmp_path: Path) -> None:
    with rehearsal.app_context():
        cast.expect()
        cast.allow(seconds=1)
        film = clips.film(tmp_path / "long.mp4", seconds=4)
        cast.send("milan", Sent(film, clips.captions((0, 4)), {"seconds": 4}))
        cast.check()
        (found,) = requirements.read(cast.newest("milan").findings)
        assert (found.rule, found.weight, found.figures["slot"]) == ("longer than its slot", Weight.WARNED, 1)
        assert cast.message("milan").state == State.IN_REVIEW


def test_a_film_without_captions_needs_them_and_is_judged_again_once_they_come(
    rehearsal: KeepingFlask, good: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsal.app_context():
        cast.expect()
        cast.send("milan", Sent(good.path))
        cast.check()
        assert [each.rule for each in requirements.read(cast.newest("milan").findings)] == ["no captions"]
        assert cast.message("milan").state == State.IN_REVIEW
        assert "unless the words stand in the picture itself" in cast.words(cast.letters("video captions")[0])
        kept = service.captions(clips.captions((0, 1)), "milan.vtt")
        key = cast.message("milan").id
        write(lambda: service.add_captions(key, kept, who="Milan", now=cast.NOW))
        monkeypatch.setattr(probing, "PROGRAM", ("false",))  # measured once is enough
        assert cast.check() == 1
        assert (cast.newest("milan").findings, cast.message("milan").state) == ([], State.IN_REVIEW)


@pytest.mark.parametrize(
    ("captions", "why"),
    [
        (b"WEBVTT\n\n00:00.500 --> 00:00.100\nBackwards\n", "times"),
        (b"%PDF-1.7 00:00:00.000 --> 00:00:01.000\n", "form"),
        (b"WEBVTT\n\n" + b"\n" * 2**21, "size"),
    ],
)
def test_captions_that_cannot_be_read_are_said_to_be_so(
    rehearsal: KeepingFlask, good: Sent, captions: bytes, why: str
) -> None:
    with rehearsal.app_context():
        cast.expect()
        cast.send("milan", Sent(good.path, captions))
        cast.check()
        (found,) = requirements.read(cast.newest("milan").findings)
        assert (found.rule, found.weight, found.figures["why"]) == ("captions unreadable", Weight.CAPTIONS, why)


def test_a_renamed_pdf_fails_whatever_it_calls_itself(rehearsal: KeepingFlask, tmp_path: Path) -> None:
    (path := tmp_path / "message.mp4").write_bytes(b"%PDF-1.7\n" + b"x" * 2_000)
    with rehearsal.app_context():
        cast.expect()
        cast.send("milan", Sent(path))
        cast.check()
        assert cast.message("milan").state == State.FAILED
        assert requirements.read(cast.newest("milan").findings) == (
            Finding("container", Weight.REFUSED, {"kind": "PDF"}),
        )


def test_two_workers_check_a_file_once(milan: KeepingFlask) -> None:
    with milan.app_context():
        key = cast.message("milan").id
        first = write(lambda: checking.take(key, cast.NOW))
        assert first is not None
        assert checking.due(cast.NOW) is None
        assert write(lambda: checking.take(key, cast.NOW)) is None


def test_a_file_whose_worker_was_killed_is_taken_up_once_its_lease_is_out(milan: KeepingFlask) -> None:
    with milan.app_context():
        key = cast.message("milan").id
        killed = write(lambda: checking.take(key, cast.NOW))
        assert killed is not None
        later = cast.NOW + checking.LEASE
        assert checking.due(later) == key
        second = write(lambda: checking.take(key, later))
        assert second is not None
        checking.Check(killed, write, threading.Event()).run()  # it was only slow: what it says comes too late
        assert cast.message("milan").state == State.CHECKING
        checking.Check(second, write, threading.Event()).run()
        assert cast.message("milan").state == State.IN_REVIEW


@pytest.mark.one_database
def test_a_worker_that_is_killed_amid_measuring_leaves_the_file_to_the_next(milan: KeepingFlask) -> None:
    """A worker of its own, ended as by a machine that loses its power."""
    words = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
    with subprocess.Popen(words, cwd=ROOT, env=environment(milan), start_new_session=True) as worker:
        until = time.monotonic() + PATIENCE
        while state(milan) != State.CHECKING and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(worker.pid, signal.SIGKILL)
    assert state(milan) == State.CHECKING
    with milan.app_context():
        key, later = cast.message("milan").id, database.now() + checking.LEASE
        assert (checking.due(database.now()), checking.due(later)) == (None, key)
        held = write(lambda: checking.take(key, later))
        assert held is not None
        checking.Check(held, write, threading.Event()).run()
    assert state(milan) == State.IN_REVIEW


def state(app: KeepingFlask) -> State:
    with app.app_context():
        return cast.message("milan").state


def test_a_file_that_ends_every_worker_is_given_up_in_words(milan: KeepingFlask) -> None:
    with milan.app_context():
        key = cast.message("milan").id
        now = cast.NOW
        for _killed in range(checking.TRIES):
            assert write(lambda: checking.take(key, now)) is not None  # noqa: B023 (called at once)
            now += checking.LEASE
        assert write(lambda: checking.take(key, now)) is None
        assert cast.message("milan").state == State.FAILED
        assert [each.rule for each in requirements.read(cast.newest("milan").findings)] == ["unmeasured"]


def test_a_crash_of_the_measuring_is_said_to_the_city_and_not_tried_for_ever(
    milan: KeepingFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "PROGRAM", ("false",))
    with milan.app_context():
        assert (cast.check(), cast.check()) == (1, 0)
        assert cast.message("milan").state == State.FAILED


def test_a_worker_that_is_asked_to_end_lets_go_at_once(milan: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr(probing, "POLL", 0.01)
    with milan.app_context():
        checking.take_up(write, stop)
        assert (cast.message("milan").state, cast.newest("milan").tries) == (State.CHECKING, 0)
        assert checking.due(database.now()) == cast.message("milan").id


def test_a_lease_is_renewed_while_a_long_film_is_measured(milan: KeepingFlask) -> None:
    with milan.app_context():
        key = cast.message("milan").id
        held = write(lambda: checking.take(key, database.now() - checking.LEASE + timedelta(seconds=5)))
        assert held is not None
        check = checking.Check(held, write, threading.Event())
        assert check.go_on()
        renewed = cast.newest("milan").claimed_until
        assert renewed is not None
        assert renewed > held.until + checking.RENEWED


def test_what_was_measured_of_a_replaced_file_is_said_of_no_other(milan: KeepingFlask, good: Sent) -> None:
    with milan.app_context():
        key = cast.message("milan").id
        held = write(lambda: checking.take(key, cast.NOW))
        assert held is not None
        cast.send("milan", Sent(good.path))
        checking.Check(held, write, threading.Event()).run()
        newest = cast.newest("milan")
        assert (newest.number, newest.facts, cast.message("milan").state) == (2, None, State.UPLOADED)


def test_a_link_with_captions_is_judged_by_what_was_told_alone(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        cast.expect()
        key = cast.message("milan").id
        write(lambda: service.add_link(key, "https://milan.example/film", who="Milan", now=cast.NOW))

        def act() -> None:
            states.move(states.held(key), State.UPLOADED, who="Milan", now=cast.NOW)
            states.held(key).may_show = states.held(key).cleared = True
            states.held(key).told_at = cast.NOW

        write(act)
        cast.check()
        found = checking.findings_of(cast.message("milan"), cast.newest("milan"))
        assert [each.rule for each in found] == ["no captions", "no transcript", "link"]
        assert cast.message("milan").state == State.IN_REVIEW
