"""Letters when somebody is erased: those to them say nothing any more, those to others name them no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update

from app.db import db
from app.desk.erasing.words import Words
from app.desk.outbox import service as outbox
from app.outbox import Message, folded
from app.outbox.models import Mark
from app.sentences import Sentence

GONE = Sentence(_l("The person it was to was erased at their request.")).stored()
"""Why a letter that waited was not sent."""
NAMES = ("name", "called", "email", "mobile")
"""Under which names letters and the journal hold words by which a person is known."""
ABOUT = ("position", "relation", "email", "comment", "rank")
"""Under which names letters to others hold what is known of a person beside."""


@dataclass(frozen=True)
class Reader:
    """To whom letters go that are forgotten."""

    event_id: int
    uid: str
    """As the facts of letters name the row."""
    marks: tuple[str, ...]
    """What stands for them between strokes in the keys of letters."""
    instead: str
    """What stands where their name stood."""
    office: bool = False
    """They answer for a city."""

    def gets(self, facts: dict[str, Any]) -> bool:
        """Whether a letter of these facts is to them, and not to somebody else about them."""
        office = facts.get("focal") or ""
        if self.office:
            return self.uid in {facts.get("uid"), *([office] if isinstance(office, str) else office[:1])}
        return facts.get("uid") == self.uid and not office

    def stands_in(self) -> ColumnElement[bool]:
        """Letters of the event whose facts or key name the row: to the person, or to others about them."""
        ways = [cast(Message.facts, String).contains(self.uid, autoescape=True)]
        ways += [Message.key.contains(f"/{each}/", autoescape=True) for each in self.marks]
        return (Message.event_id == self.event_id) & or_(*ways)

    def unnamed(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts of a letter to others without what they say of this person, if it is about them."""
        if self.office or facts.get("uid") != self.uid:
            return facts
        blank = {name: "" for name in ABOUT if name in facts}
        named = {name: self.instead for name in ("name", "called") if name in facts}
        return facts | blank | named | ({"changes": []} if "changes" in facts else {})


def named_in(reader: Reader) -> list[str]:
    """Names and addresses by which letters knew the person, former ones too. One query."""
    query = select(Message.facts, Message.to, Message.to_name).where(reader.stands_in())
    found: list[str] = []
    for facts, to, to_name in db.session.execute(query):
        if facts.get("uid") == reader.uid:
            found += [value for name, value in facts.items() if name in NAMES and isinstance(value, str)]
        if reader.gets(facts):
            found += [to, to_name]
    return found


def forget(reader: Reader, words: Words, names: Collection[str], now: datetime) -> list[tuple[str, str, datetime]]:
    """Forget letters to the person, and reword those to others in which they are named. `names`: all they are known by.

    Returns (kind, address, moment) of those that had been made, for `outbox.transport.drop`. Refused while a worker has
    one of them in hand.
    """
    mine = Message.event_id == reader.event_id
    reached = [each for each in words.words if "@" in each and " " not in each]
    columns = (Message.id, Message.kind, Message.facts, Message.to, Message.to_name, Message.dated)
    about = [reader.stands_in(), Message.to.in_(reached), *words.stand_in(Message.facts)]
    found = {each.id: each for way in about for each in db.session.execute(select(*columns).where(mine, way))}
    own: dict[int, Any] = {}
    others: dict[int, Any] = {}
    for _number, each in sorted(found.items()):
        known = each.to in reached or (not each.facts and each.to_name in names)
        (own if known or reader.gets(each.facts) else others)[each.id] = each
    outbox.forget_of(list(own), GONE, now)
    quiet = {"synchronize_session": False}
    unnamed = update(Message).where(Message.id.in_(list(own))).values(to_name=reader.instead)
    db.session.execute(unnamed.execution_options(**quiet))
    db.session.execute(delete(Mark).where(Mark.address.in_(list(map(folded, reached)))).execution_options(**quiet))
    reworded = []
    for key, each in others.items():
        facts = words.cut(reader.unnamed(each.facts))
        if facts != each.facts:
            reworded.append(each)
            new = update(Message).where(Message.id == key).values(facts=facts, octets=None)
            db.session.execute(new.execution_options(**quiet))
    return [(each.kind, each.to, each.dated) for each in (*own.values(), *reworded) if each.dated and each.to]
