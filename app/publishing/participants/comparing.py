"""What is different between two states of a participants' list, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext as _

from app.events.models import Mode
from app.events.words import mode_word
from app.network.models import folded
from app.publishing.participants.listing import Row
from app.registration.news import role_word

KINDS = ("added", "removed", "head", "name", "position", "role", "mode")
"""The kinds of differences, in the order in which they stand under one city."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was."""

    kind: str
    """One of `KINDS`."""
    city: str
    sentence: str


def differences(before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """All that a reader of `before` finds different in `after`, city by city from A to Z."""
    old, new = ({each.uid: each for each in rows} for rows in (before, after))
    found = [_added(each) for key, each in new.items() if key not in old]
    found += [_removed(each) for key, each in old.items() if key not in new]
    found += _heads(before, after)
    for key in old.keys() & new.keys():
        found += _changes(old[key], new[key])
    return sorted(found, key=lambda each: (folded(each.city), each.city, KINDS.index(each.kind), each.sentence))


def by_city(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """The differences, which are in order, under their cities."""
    return [(city, list(group)) for city, group in groupby(found, key=lambda each: each.city)]


def counts(found: Iterable[Difference]) -> list[tuple[int, str]]:
    """How many there are of each kind, as in (3, "added"); kinds without any are left out."""
    kinds = [each.kind for each in found]
    words = _kinds()
    return [(kinds.count(kind), words[kind]) for kind in KINDS if kind in kinds]


def kind_words() -> dict[str, str]:
    """What a difference is called where it stands alone."""
    return {kind: word[:1].upper() + word[1:] for kind, word in _kinds().items()}


def _kinds() -> dict[str, str]:
    return {
        "added": _("added"),
        "removed": _("removed"),
        "head": _("new head"),
        "name": _("other name"),
        "position": _("other position"),
        "role": _("other role"),
        "mode": _("other way of taking part"),
    }


def _added(row: Row) -> Difference:
    said = _("%(name)s, %(position)s, was added.", name=row.name, position=row.position)
    return Difference("added", row.city, said if row.position else _("%(name)s was added.", name=row.name))


def _removed(row: Row) -> Difference:
    return Difference("removed", row.city, _("%(name)s is no longer in the list.", name=row.name))


def _heads(before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """The cities whose head is another person; a city that came or left with its head is not among them."""
    old, new = ({each.slug: each for each in rows if each.is_head} for rows in (before, after))
    stayed = {each.slug for each in before} & {each.slug for each in after}
    found = []
    for slug in sorted(stayed & (old.keys() | new.keys())):
        was, now = old.get(slug), new.get(slug)
        if was and now and was.uid != now.uid:
            said = _("%(name)s is the head of delegation in place of %(former)s.", name=now.name, former=was.name)
            found.append(Difference("head", now.city, said))
        elif now and not was:
            found.append(Difference("head", now.city, _("%(name)s is the head of delegation.", name=now.name)))
        elif was and not now:
            said = _("No head of delegation stands in the list any more; it was %(name)s.", name=was.name)
            found.append(Difference("head", was.city, said))
    return found


def _changes(was: Row, now: Row) -> list[Difference]:
    """What is new about one person."""
    found = []
    if was.name != now.name:
        found.append(("name", _("%(former)s is now called %(name)s.", former=was.name, name=now.name)))
    if was.position != now.position:
        at = {"name": now.name, "position": now.position or "–", "former": was.position or "–"}
        found.append(("position", _("%(name)s is now %(position)s; the list said %(former)s.", **at)))
    if was.role != now.role and not (was.is_head or now.is_head):
        at = {"name": now.name, "role": role_word(now.role), "former": role_word(was.role)}
        found.append(("role", _("%(name)s comes as %(role)s; it was %(former)s.", **at)))
    if was.mode != now.mode:
        at = {"name": now.name, "mode": mode_word(Mode(now.mode)), "former": mode_word(Mode(was.mode))}
        found.append(("mode", _("%(name)s takes part %(mode)s; it was %(former)s.", **at)))
    return [Difference(kind, now.city, sentence) for kind, sentence in found]
