"""What the worker does with a file that has come: claim it by a lease, measure it, say what the rules say.

A worker that is killed loses nothing: once its lease is out another takes the file up. A file that was measured is not
measured again, only judged, when captions or particulars were changed. This module writes through what its caller
hands it, which is `db.write`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from app import db as database
from app.db import Busy, claim, db
from app.events.models import Event
from app.planning import wire
from app.sentences import Sentence
from app.videos import captions, probing, requirements, states, store
from app.videos.facts import Facts
from app.videos.models import State, VideoMessage, VideoVersion
from app.videos.requirements import Finding, Told, Weight
from app.videos.terms import terms_of

log = logging.getLogger(__name__)

Store = Callable[[Callable[[], Any]], Any]
"""Runs an act as one transaction and commits it: `db.write`."""

LEASE = timedelta(minutes=2)
RENEWED = timedelta(seconds=20)
"""How old a lease may grow while the file is measured."""
TRIES = 3
"""After so many workers that did not come back nobody tries again: the file is what ends them."""
WHO = Sentence(_l("the worker")).stored()
UNMEASURED = Finding("unmeasured", Weight.REFUSED)


@dataclass(frozen=True)
class Held:
    """A version that this worker holds, until another instant stands in its row."""

    message_id: int
    version_id: int
    key: str | None
    until: datetime
    facts: Facts | None
    """What was measured before."""


def due(now: datetime) -> int | None:
    """The message that waits longest to be checked, or whose worker has let its lease run out. One query."""
    lapsed = or_(VideoVersion.claimed_until.is_(None), VideoVersion.claimed_until <= now)
    waits = or_(VideoMessage.state == State.UPLOADED, (VideoMessage.state == State.CHECKING) & lapsed)
    found = (
        select(VideoMessage.id)
        .join(VideoVersion, VideoVersion.message_id == VideoMessage.id)
        .where(waits, VideoVersion.number == _newest_number())
        .order_by(VideoMessage.state_at, VideoMessage.id)
        .limit(1)
    )
    return db.session.execute(found).scalar_one_or_none()


def take(message_id: int, now: datetime) -> Held | None:
    """Claim its newest version; None when somebody was quicker, or it ended as many workers as may be."""
    message = states.held(message_id)
    version = newest(message_id)
    lapsed = version.claimed_until is None or version.claimed_until <= now
    if message.state != State.UPLOADED and not (message.state == State.CHECKING and lapsed):
        return None
    version.tries += 1
    version.claimed_until = now + LEASE
    states.move(message, State.CHECKING, who=WHO, now=now)
    held = Held(message.id, version.id, version.key, version.claimed_until, _facts(version))
    if version.tries > TRIES:
        log.error("Version %s of a video ended %s workers and is checked no more.", version.id, TRIES)
        _finish(message, version, (UNMEASURED,), now)
        return None
    return held


def newest(message_id: int) -> VideoVersion:
    """The version that is checked and reviewed, as it stands now."""
    found = select(VideoVersion).where(VideoVersion.message_id == message_id)
    found = found.order_by(VideoVersion.number.desc()).limit(1)
    return db.session.execute(found.execution_options(populate_existing=True)).scalar_one()


def _newest_number() -> Any:
    other = select(func.max(VideoVersion.number)).where(VideoVersion.message_id == VideoMessage.id)
    return other.correlate(VideoMessage).scalar_subquery()


def _facts(version: VideoVersion) -> Facts | None:
    try:
        return wire.load(Facts, version.facts) if version.facts and version.sha256 else None
    except ValueError:  # measured by an older Plenary: it is measured anew
        return None


class Check:
    """One file at work."""

    def __init__(self, held: Held, store_by: Store, stop: threading.Event) -> None:
        self.held, self.store, self.stop = held, store_by, stop
        self.until = held.until

    def run(self) -> None:
        """Measure what was not measured yet, judge, and store both."""
        facts, sha256 = self.held.facts, ""
        if facts is None and self.held.key is not None:
            try:
                sha256 = store.digest(self.held.key)
                facts = probing.probe(store.path(self.held.key), self.go_on)
            except probing.Stopped:
                self.store(self._let_go)
                return
            except (probing.Failed, FileNotFoundError):
                log.exception("Version %s of a video could not be measured.", self.held.version_id)
        self.store(lambda: self._settle(facts, sha256, database.now()))

    def go_on(self) -> bool:
        """Renew the lease now and then; False once the worker is to end, or another holds the version."""
        if self.stop.is_set():
            return False
        try:
            now = database.now()
            if self.until - now > LEASE - RENEWED:
                return True
            until = now + LEASE
            if not self.store(lambda: claim(self._ours().values(claimed_until=until))):
                return False
            self.until = until
        except Busy:
            pass  # the next look tells it
        return True

    def _ours(self) -> Any:
        return update(VideoVersion).where(
            VideoVersion.id == self.held.version_id, VideoVersion.claimed_until == self.until
        )

    def _let_go(self) -> None:
        """The worker ends: another may take it up at once, and this try does not count."""
        claim(self._ours().values(claimed_until=None, tries=VideoVersion.tries - 1))

    def _settle(self, facts: Facts | None, sha256: str, now: datetime) -> None:
        message, version = states.held(self.held.message_id), newest(self.held.message_id)
        if version.id != self.held.version_id or version.key != self.held.key:
            return  # a newer file has come
        if facts is not None:
            version.facts, version.sha256 = wire.dump(facts), sha256 or version.sha256
        if message.state != State.CHECKING or version.claimed_until != self.until:
            return  # what the city said of it has changed, or another holds it: it is judged there
        _finish(message, version, _judged(message, version, facts), now)


def _judged(message: VideoMessage, version: VideoVersion, facts: Facts | None) -> tuple[Finding, ...]:
    told = told_of(message, version)
    if version.key is None:
        return requirements.judge_link(told)
    return (UNMEASURED,) if facts is None else requirements.judge(facts, told)


def told_of(message: VideoMessage, version: VideoVersion) -> Told:
    """What is said of a version, its captions read, and how long it may be. Two queries."""
    cues, faulty = None, None
    if version.captions_key is not None:
        try:
            cues = cues_of(version.captions_key)
        except captions.Faulty as no:
            faulty = (no.rule, no.line)
    return Told(
        seconds=message.seconds,
        slot=terms_of(db.session.get_one(Event, message.event_id)).seconds,
        burned_in=message.burned_in,
        cues=cues,
        faulty=faulty,
        transcript=message.transcript,
        asked=message.told_at is None,
        may_show=message.may_show,
        cleared=message.cleared,
    )


def cues_of(key: str) -> tuple[captions.Cue, ...]:
    """The captions that lie under this key. Raises captions.Faulty, for a file that is gone too."""
    try:
        with store.path(key).open("rb") as file:
            return captions.read(file.read(captions.LARGEST + 1))
    except FileNotFoundError as gone:
        raise captions.Faulty("empty") from gone


def _finish(message: VideoMessage, version: VideoVersion, found: tuple[Finding, ...], now: datetime) -> None:
    version.findings, version.claimed_until, version.tries = wire.dump(found), None, 0
    state = State.FAILED if requirements.refused(found) else State.IN_REVIEW
    db.session.flush()
    states.move(message, state, who=WHO, now=now)


def findings_of(message: VideoMessage, version: VideoVersion) -> tuple[Finding, ...]:
    """What the rules said of it when it was checked; of a link, which is not checked, what they say now."""
    if version.key is None and version.link:
        return requirements.judge_link(told_of(message, version))
    return requirements.read(version.findings)


def take_up(store_by: Store, stop: threading.Event) -> int:
    """Check the file that waits longest; how many were done: 0 or 1."""
    now = database.now()
    number = due(now)
    held = store_by(lambda: take(number, now)) if number is not None else None
    if held is not None:
        Check(held, store_by, stop).run()
    return int(number is not None)
