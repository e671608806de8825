"""The running order of a programme's videos, as frozen values: what is played when, and what instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.publishing.programme import Programme, Session
from app.videos.models import Purpose, State
from app.videos.serving import file_name

VIDEOS = "videos"
"""The kind of a session that is nothing but videos, one after the other."""


@dataclass(frozen=True)
class File:
    """The version of a message that was accepted last."""

    number: int
    size: int
    sha256: str
    seconds: float
    """As measured; as declared where it was not."""
    mimetype: str
    captions: bool
    link: str = ""
    """Where it lies, if it was not sent to us; then there are no octets here."""

    @property
    def ending(self) -> str:
        return "mov" if self.mimetype == "video/quicktime" else "mp4"


@dataclass(frozen=True)
class Film:
    """A message as those who play it need it. `city` (slug) or `person` (code) names whose it is."""

    uid: str
    session: str
    """The code of the session in which it is played; empty: none."""
    purpose: Purpose
    state: State
    name: str
    """Of the city or the person, in words."""
    city: str = ""
    person: str = ""
    by_hand: bool = False
    """Organisers put it into its session, be its city there or not."""
    running: int | None = None
    speaker: str = ""
    language: str = ""
    declared: int | None = None
    burned_in: bool = False
    transcript: str = ""
    reason: str = ""
    file: File | None = None

    @property
    def owner(self) -> tuple[str, str]:
        return self.city, self.person

    @property
    def seconds(self) -> float:
        """How long it takes: as measured, else as declared, else 0."""
        return self.file.seconds if self.file else float(self.declared or 0)


@dataclass(frozen=True)
class Turn:
    """One video in its place, or the place of one that nobody asked for yet (`film` is None)."""

    place: int
    """1, 2, 3 ... in the whole list."""
    name: str
    owner: tuple[str, str]
    """Slug of the city and code of the person, one of them empty."""
    film: Film | None = None
    backup: Film | None = None
    """What the same city or person sent in case that this cannot be played, or that they cannot be reached."""
    live: bool = False
    """They speak themselves, online; the backup is played only if that fails."""
    file_name: str = ""
    backup_name: str = ""

    @property
    def ready(self) -> bool:
        return self.film is not None and self.film.file is not None

    @property
    def waived(self) -> bool:
        """The organisers do without it."""
        return self.film is not None and self.film.state == State.WAIVED

    @property
    def seconds(self) -> float:
        return 0.0 if self.live or self.waived or self.film is None else self.film.seconds


@dataclass(frozen=True)
class Block:
    """The videos of one session, in running order."""

    code: str
    title: str
    kind: str
    day: date | None
    starts: datetime | None
    ends: datetime | None
    room: str
    turns: tuple[Turn, ...]

    @property
    def total(self) -> float:
        """Seconds of all that is played for certain."""
        return sum(each.seconds for each in self.turns)

    @property
    def slot(self) -> float | None:
        """Seconds that the session has; None while its times are to be announced."""
        return (self.ends - self.starts).total_seconds() if self.starts and self.ends else None

    @property
    def over(self) -> float:
        """Seconds by which the videos are longer than their session; 0: they fit."""
        return max(0.0, self.total - self.slot) if self.slot is not None else 0.0

    @property
    def missing(self) -> tuple[Turn, ...]:
        return tuple(each for each in self.turns if not (each.live or each.ready or each.waived))


def order(programme: Programme, films: Iterable[Film]) -> tuple[Block, ...]:
    """The blocks of a programme in which a video is played or kept in reserve, as they follow each other."""
    there = list(films)
    blocks: list[Block] = []
    place = 0
    for session in programme.sessions:
        if session.cancelled:
            continue
        turns = _turns(programme, session, there)
        numbered = tuple(_named(replace(each, place=place + at), session.code) for at, each in enumerate(turns, 1))
        place += len(turns)
        if numbered:
            span = session.day, session.starts, session.ends
            blocks.append(Block(session.code, session.title, session.kind, *span, session.room, numbered))
    return tuple(blocks)


def _turns(programme: Programme, session: Session, films: Sequence[Film]) -> list[Turn]:
    mine = [each for each in films if each.session == session.code and each.purpose != Purpose.BACKUP]
    here = [each for each in mine if _stands(programme, each)]
    backup = [each for each in films if each.purpose == Purpose.BACKUP and each.state != State.WAIVED]
    kept = [each for each in backup if each.session in {session.code, ""}]
    backups = {each.owner: each for each in sorted(kept, key=lambda each: bool(each.session))}
    turns = [Turn(0, each.name, each.owner, each, backups.get(each.owner)) for each in here]
    served = {each.owner for each in here}
    moved = (each for each in films if each.purpose != Purpose.BACKUP and not _stands(programme, each))
    astray = {each.owner: each for each in moved if each.session or not each.by_hand}
    for each in session.appearances:
        owner = each.city, each.person
        reserve = backups.get(owner)
        if owner not in served and each.mode == "video":
            turns.append(Turn(0, _called(programme, owner), owner, astray.get(owner), reserve))
        elif owner not in served and each.mode == "online" and reserve is not None and reserve.file is not None:
            turns.append(Turn(0, _called(programme, owner), owner, None, reserve, live=True))
    stands = {(each.city, each.person): at for at, each in enumerate(session.appearances)}
    return sorted(turns, key=lambda each: _rank(each, stands))


def _stands(programme: Programme, film: Film) -> bool:
    """Whether this programme has a film where it is placed. One that was moved since a release was made does not stand
    in that: there it is played where its city still appears."""
    session = programme.session.get(film.session)
    there = session is not None and film.owner in {(each.city, each.person) for each in session.appearances}
    return there or (session is not None and film.by_hand)


def _rank(turn: Turn, stands: Mapping[tuple[str, str], int]) -> tuple[int, bool, int]:
    """The place that organisers gave it, else where its city stands in the speaking order, else last."""
    spoken = stands.get(turn.owner, len(stands))
    asked = turn.film.running if turn.film else None
    return (asked - 1 if asked is not None else spoken), asked is None, spoken


def _called(programme: Programme, owner: tuple[str, str]) -> str:
    city, person = owner
    return programme.city[city].name if city else programme.person[person].called


def _named(turn: Turn, code: str) -> Turn:
    """With names for its files that sort as they are played."""

    def name(film: Film | None, what: str) -> str:
        if film is None or film.file is None or film.file.link:
            return ""
        who = film.city or film.person
        return f"{file_name(f'{turn.place:02}', code, who, what, f'v{film.file.number}')}.{film.file.ending}"

    return replace(turn, file_name=name(turn.film, ""), backup_name=name(turn.backup, "backup"))
