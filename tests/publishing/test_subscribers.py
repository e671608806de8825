"""Whatever organisers do and whenever a program asks: its calendar is the last release, and tells what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import ical
from app.events.models import Mode
from app.outbox.tongues import TONGUES
from app.publishing import feeds, personal
from app.publishing.entries import items
from app.publishing.feeds import Part
from app.publishing.personal import Reader
from app.publishing.programme import Appearance, Programme, Session
from app.publishing.shown import PUBLIC, Published
from app.registration.models import join_blank
from app.web.kept import KeepingFlask
from tests.ical import rules
from tests.publishing.summits import DAY, PROGRAMME, at

pytestmark = pytest.mark.one_database

WEEK = timedelta(days=7)
ROOMS = ("Hall A", "Hall B", "")
SEEN_BY = ("public", "public", "delegates", "invited", "heads", "closed")
CITIES = ("rome", "lancaster", "milan")
MODES = ("venue", "online", "video", "")
ONLINE = {ical.online_place(each) for each in TONGUES}


def session(number: int) -> Session:
    """Session n, an hour at n o'clock in the afternoon, with nobody in it yet."""
    return Session(
        code=f"s{number}",
        uid=f"{number:032}",
        kind="visit" if number == 4 else "session",
        title=f"Session {number}",
        day=DAY,
        starts=at(12 + number),
        ends=at(13 + number),
        room="Hall A",
        appearances=(Appearance("moderator", person="ishii"), Appearance("speaker", city="rome")),
    )


@dataclass
class House:
    """The organisers' draft, and what was told of it."""

    chance: Random
    draft: Programme
    now: datetime
    told: dict[str, ical.Entry] = field(default_factory=dict)
    seen_by: dict[str, str] = field(default_factory=dict)
    shown: Published | None = None

    def edit(self) -> None:
        """One edit of one session, or a session taken out of the programme or put back into it."""
        sessions = list(self.draft.sessions)
        place = self.chance.randrange(len(sessions))
        sessions[place] = self._edited(sessions[place])
        self.draft = replace(self.draft, sessions=tuple(sessions))

    def _edited(self, old: Session) -> Session:
        chance = self.chance
        match chance.randrange(9):
            case 0:
                starts = at(chance.randrange(9, 18)) + timedelta(days=chance.randrange(3))
                return replace(old, day=starts.date(), starts=starts, ends=starts + timedelta(hours=1))
            case 1:
                return replace(old, starts=None, ends=None)
            case 2:
                return replace(old, room=chance.choice(ROOMS))
            case 3:
                return replace(old, joinable=not old.joinable)
            case 4:
                return replace(old, visibility=chance.choice(SEEN_BY))
            case 5:
                return replace(old, cancelled=not old.cancelled)
            case 6:
                return replace(old, title=f"{old.title}!")
        return replace(old, appearances=tuple(self._appearances(old)))

    def _appearances(self, old: Session) -> Iterator[Appearance]:
        """Somebody comes, goes, or takes part otherwise."""
        who, mode = self.chance.choice(("ishii", *CITIES)), self.chance.choice(MODES)
        found = [each for each in old.appearances if who not in (each.city, each.person)]
        yield from found
        if len(found) == len(old.appearances) or self.chance.random() < 0.6:
            yield Appearance("moderator", person=who) if who == "ishii" else Appearance("speaker", city=who, mode=mode)

    def publish(self) -> None:
        """The next release; one in four leaves a session out, as bringing back an older one may."""
        kept = self.draft.sessions
        if self.chance.random() < 0.25:
            kept = tuple(each for each in kept if each.code != f"s{self.chance.randrange(1, 6)}")
        number = self.shown.programme.release + 1 if self.shown else 1
        programme = replace(self.draft, sessions=kept, release=number, published_at=self.now)
        self.told = ical.revise(self.told, items(programme), self.now).entries
        self.seen_by |= {each.code: programme.visibility_of(each) for each in kept}
        entries = {code: (self._addressed(code, entry), self.seen_by[code]) for code, entry in self.told.items()}
        self.shown = Published(programme, entries)

    def _addressed(self, code: str, entry: ical.Entry) -> ical.Entry:
        url = f"https://plenary.example/{code}" if self.seen_by[code] == PUBLIC else ""
        return replace(entry, item=replace(entry.item, url=url))


@dataclass
class Subscriber:
    """A program with a calendar of its own, which it puts in the place of the old one whenever it asks."""

    choice: Part | Reader
    language: str = "en"
    changes: int = 0
    changed_at: datetime | None = None
    calendar: dict[str, dict[str, str]] = field(default_factory=dict)
    ever: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The highest SEQUENCE and the latest DTSTAMP of each UID that it ever saw."""
    etag: str = ""
    octets: bytes = b""
    modified: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def takes_part(self, mode: Mode, now: datetime) -> None:
        assert isinstance(self.choice, Reader)
        if self.choice.mode != mode:
            self.choice = replace(self.choice, mode=mode)
            self.changes, self.changed_at = self.changes + 1, now

    def speaks(self, language: str, now: datetime) -> None:
        if self.language != language:
            self.language, self.changed_at = language, now

    def ask(self, house: House) -> None:
        """Fetch, and check that what came can be told from what was there."""
        assert house.shown is not None
        shift = ical.Shift(self.changes, self.changed_at) if self.changed_at else None
        head = ical.Calendar("a@plenary", "A", "Asia/Tokyo", language=self.language)
        file = ical.File(head, feeds.sheaf(house.shown, self.choice, self.language, house.now), shift=shift)
        octets, modified = file.octets(), feeds.modified(house.shown, file, house.now, self.changed_at)
        assert rules.faults(octets) == []
        assert octets == self.octets or file.etag != self.etag
        assert file.etag == self.etag or octets != self.octets or b"BEGIN:VEVENT" not in octets  # empty in any language
        assert octets == self.octets or modified > self.modified or not self.octets
        assert modified >= self.modified
        events = {each["UID"]: each for each in rules.events(octets)}
        for uid, event in events.items():
            self._compare(uid, event)
        self.calendar, self.etag, self.octets, self.modified = events, file.etag, octets, modified

    def _compare(self, uid: str, event: dict[str, str]) -> None:
        sequence, stamp = int(event["SEQUENCE"]), event["DTSTAMP"]
        seen = self.ever.get(uid)
        before = self.calendar.get(uid)
        if seen is not None:
            assert sequence >= seen[0], "SEQUENCE fell"
            assert stamp >= seen[1], "DTSTAMP went back"
        if before is not None and before != event:
            assert stamp > before["DTSTAMP"], (before, event)
            if whereabouts(before) != whereabouts(event):
                assert sequence > int(before["SEQUENCE"]), (before, event)
        self.ever[uid] = sequence, stamp


def whereabouts(event: dict[str, str]) -> dict[str, str]:
    """Time, place, link and status of an event, in whatever language."""
    names = ("DTSTART", "DTEND", "LOCATION", "CONFERENCE", "STATUS")
    values = {name.split(";")[0]: value for name, value in event.items()}
    if values.get("LOCATION") in ONLINE:
        values["LOCATION"] = "Online"
    return {name: values[name] for name in names if name in values}


def expected(house: House, choice: Part | Reader) -> dict[str, tuple[str, str, str, str]]:
    """What the last release has for this reader, read from its sessions and not from what calendars were told:
    title, start, place and link by UID. Only of those that take place."""
    assert house.shown is not None
    found = {}
    for each in house.shown.programme.sessions:
        if each.cancelled or not concerns(each, choice):
            continue
        start = each.starts.strftime("%Y%m%dT%H%M%SZ") if each.starts else each.day.strftime("%Y%m%d")  # type: ignore[union-attr]
        found[f"{each.uid}@plenary"] = (each.title, start, *placed(each, choice))
    return found


def modes(each: Session, choice: Reader) -> set[str] | None:
    """The modes in which the reader appears in a session; None when they do not."""
    kind, _slash, name = choice.who.partition("/")
    mine = [seen for seen in each.appearances if name == (seen.city if kind == "city" else seen.person)]
    if not mine:
        return None
    city = PROGRAMME.city.get(name)
    return {mode for seen in mine for mode in ([seen.mode] if seen.mode else city.modes if city else [])}


def concerns(each: Session, choice: Part | Reader) -> bool:
    if not isinstance(choice, Reader):
        return each.visibility == "public"
    appears = modes(each, choice) is not None
    if each.kind == "visit" and choice.mode in (Mode.ONLINE, Mode.VIDEO):
        return False
    if each.visibility == "closed":
        return False
    if each.visibility == "heads":
        return choice.head or (appears and choice.who.startswith("person"))
    return appears or (choice.everybodys and each.visibility in ("public", "delegates"))


def placed(each: Session, choice: Part | Reader) -> tuple[str, str]:
    """Place and link."""
    venue = "" if each.kind == "visit" else "Tokyo Metropolitan Government"
    there = "\\, ".join(part for part in (each.room, venue) if part)
    if not isinstance(choice, Reader):
        return there, ""
    mine = modes(each, choice) or set()
    if choice.mode is not None:
        mode, joins = choice.mode.value, choice.mode == Mode.ONLINE or "online" in mine
    else:
        mode = "venue" if not mine or "venue" in mine else "online" if "online" in mine else "video"
        joins = choice.who.startswith("person")  # each of an office's people joins for themselves
    link = personal.join_address(join_blank(), each.uid) if each.joinable and joins else ""
    return {"venue": there, "online": "Online", "video": ""}[mode], link


def holds(subscriber: Subscriber) -> dict[str, tuple[str, str, str, str]]:
    """The same as the subscriber's calendar has it."""
    found = {}
    for uid, event in subscriber.calendar.items():
        if event["STATUS"] == "CONFIRMED":
            values = {name.split(";")[0]: value for name, value in event.items()}
            local = values["DTSTART"]
            if "T" in local:
                tokyo = datetime.strptime(f"{local}+0900", "%Y%m%dT%H%M%S%z")
                local = tokyo.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            place = "Online" if values.get("LOCATION") in ONLINE else values.get("LOCATION", "")
            found[uid] = (values["SUMMARY"], local, place, values.get("CONFERENCE", ""))
    return found


def tombstones(house: House, choice: Part | Reader) -> set[str]:
    """UIDs of what was told, is cancelled, concerns the reader and was over no more than a week ago."""
    assert house.shown is not None
    shown = house.shown
    entries = personal.entries(shown, choice) if isinstance(choice, Reader) else list(shown.public_entries().values())
    gone = [each for each in entries if each.item.cancelled]
    return {each.item.uid for each in gone if each.item.finishes + WEEK >= house.now}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_subscriber_who_asks_at_any_moment_has_the_last_release(standing: KeepingFlask, seed: int) -> None:
    with standing.app_context():  # our own addresses stand on the product's settings
        live(seed)


def live(seed: int) -> None:
    """A summit's weeks, with subscribers who ask in between."""
    chance = Random(seed)
    draft = replace(PROGRAMME, sessions=tuple(session(number) for number in range(1, 6)))
    house = House(chance, draft, at(9) - timedelta(days=20))
    delegate = Subscriber(Reader("city/rome", Mode.VENUE))
    head = Subscriber(Reader("city/milan", Mode.ONLINE, head=True))
    office, moderator = Subscriber(personal.of_office("rome")), Subscriber(personal.of_person("ishii"))
    everybody = [Subscriber(Part()), delegate, head, office, moderator]
    house.publish()
    for _step in range(25):
        house.now += timedelta(seconds=chance.choice((1, 60, 86_400, 3 * 86_400)))
        for _edit in range(chance.randrange(3)):
            house.edit()
        if chance.random() < 0.6:
            house.publish()
        if chance.random() < 0.2:
            chance.choice((delegate, head)).takes_part(chance.choice(list(Mode)), house.now)
        if chance.random() < 0.1:
            chance.choice((delegate, head)).speaks(chance.choice(list(TONGUES)), house.now)
        for each in everybody:
            if chance.random() < 0.5:
                each.ask(house)
                assert holds(each) == expected(house, each.choice)
                cancelled = {uid for uid, event in each.calendar.items() if event["STATUS"] == "CANCELLED"}
                assert cancelled == tombstones(house, each.choice)
