"""What a release changes for somebody, in words: for letters and for those who call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app import clock
from app.events.models import Mode
from app.planning import hours
from app.publishing.differences import Moment
from app.publishing.digests.sights import Concern, Part, Sight
from app.publishing.phrases import mode_word, moment_words, part_word
from app.web.wording import listed, zone_name

Rows = list[tuple[str, str | list[str]]]


@dataclass(frozen=True)
class Viewer:
    """Who reads: the name of their city, how they take part, the summit's zone and their own."""

    city: str
    mode: Mode
    zone: str
    own_zone: str


def rows(concern: Concern, viewer: Viewer) -> Rows:
    """What is new of one item, and how it stands now: name and value of each line."""
    kinds = [kind_word(each, viewer.city) for each in concern.kinds]
    found: Rows = [(_("What is new"), listed(kinds))]
    before, after = _sides(concern)
    if before and after and before.title != after.title:
        found.append((_("Title"), _from_to(before.title, after.title)))
    found += [(label, _from_to(*words)) for label, words in _times(before, after, viewer)]
    found += _place(before, after, viewer)
    found += _parts(before, after, viewer.city)
    if after and _bad_hour(after, viewer):
        said = _("outside 07:00 to 22:00; if you cannot be there, please write to us")
        found.append((_("The hour where you are"), said))
    return found


def brief(concern: Concern, viewer: Viewer) -> str:
    """What is new of one item in one line, by the clocks of the summit, as somebody says it who calls."""
    before, after = _sides(concern)
    kinds = listed([kind_word(each, viewer.city) for each in concern.kinds])
    time = _words([each.moment if each else None for each in (before, after)], viewer.zone)
    said = [_from_to(*time)]
    if before and after and before.place != after.place:
        said.append(_from_to(before.place or _("to be announced"), after.place or _("to be announced")))
    if before and after and before.title != after.title:
        said.append(_from_to(before.title, after.title))
    return f"{concern.title}: {kinds}. {'; '.join(said)}"


def kind_word(kind: str, city: str) -> str:
    """What happened to an item of the city's people."""
    said: dict[str, str] = {
        "cancelled": _("Cancelled"),
        "reinstated": _("Takes place after all"),
        "removed": _("Taken off the programme"),
        "left": _("%(city)s no longer appears in it", city=city),
        "added": _("New"),
        "joined": _("%(city)s now appears in it", city=city),
        "retimed": _("Another time"),
        "moved": _("Another place"),
        "renamed": _("Another title"),
        "part": _("Another part for %(city)s", city=city),
    }
    return said[kind]


def _sides(concern: Concern) -> tuple[Sight | None, Sight | None]:
    """What is shown before the arrow and behind it: what takes place no more is shown as it was."""
    if concern.after is None or concern.after.cancelled:
        return concern.before, None
    if concern.before is None or concern.before.cancelled:
        return None, concern.after
    return concern.before, concern.after


def _from_to(before: str, after: str) -> str:
    """One text for what stays, both with an arrow for what does not."""
    if before and after and before != after:
        return str(_("%(before)s → %(after)s", before=before, after=after))
    return after or before


def _times(before: Sight | None, after: Sight | None, viewer: Viewer) -> list[tuple[str, tuple[str, str]]]:
    """The time by the clocks of the summit; by the reader's too where those show another hour, and first where the
    reader is not at the venue."""
    moments = [each.moment if each else None for each in (before, after)]
    home, own = viewer.zone, viewer.own_zone
    found = [(_("Time (%(zone)s)", zone=zone_name(home)), _words(moments, home))]
    if any(_apart(each, home, own) for each in moments):
        theirs = (_("Your time (%(zone)s)", zone=zone_name(own)), _words(moments, own))
        found.insert(1 if viewer.mode == Mode.VENUE else 0, theirs)
    return found


def _words(moments: Sequence[Moment | None], zone: str) -> tuple[str, str]:
    before, after = (moment_words(each, zone) if each else "" for each in moments)
    return before, after


def _apart(moment: Moment | None, home: str, own: str) -> bool:
    if moment is None or moment.starts is None:
        return False
    return clock.local(moment.starts, home).utcoffset() != clock.local(moment.starts, own).utcoffset()


def _place(before: Sight | None, after: Sight | None, viewer: Viewer) -> Rows:
    """Where it is, or how to join it, by the reader's own way of taking part."""
    found: Rows = []
    open_still = _("to be announced")
    if viewer.mode == Mode.VENUE or any(each and each.place for each in (before, after)):
        words = [(each.place or open_still) if each else "" for each in (before, after)]
        found.append((_("Place"), _from_to(*words)))
    if viewer.mode == Mode.ONLINE and after:
        found.append((_("How to join"), _("online, with a link from the organisers")))
    if viewer.mode == Mode.VIDEO and after and any(not each.who for each in after.parts):
        found.append((_("How you take part"), _("by your video message; you need not be there")))
    return found


def _parts(before: Sight | None, after: Sight | None, city: str) -> Rows:
    """As what the city and those of its people appear whom the agenda names."""
    told = [_spoken(each, city) if each else {} for each in (before, after)]
    return [(who, _from_to(*(each.get(who, "") for each in told))) for who in dict.fromkeys([*told[1], *told[0]])]


def _spoken(sight: Sight, city: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for each in sight.parts:
        found.setdefault(each.who or city, []).append(_part(each))
    return {who: "; ".join(each) for who, each in found.items()}


def _part(part: Part) -> str:
    words = [part_word(part.part)]
    if part.mode or not part.who:  # of a person it is rarely said, and then it is as it looks
        words.append(mode_word(part.mode))
    if part.number:
        words.append(_("number %(number)s in speaking order", number=part.number))
    return str(_(", ")).join(filter(None, (*words, part.position, part.topic)))


def _bad_hour(sight: Sight, viewer: Viewer) -> bool:
    """Whether somebody online would join at a bad hour (rule 9.7 of the domain)."""
    starts, ends = sight.moment.starts, sight.moment.ends
    if viewer.mode != Mode.ONLINE or starts is None or ends is None:
        return False
    return hours.verdict(starts, ends, viewer.own_zone) is hours.Hours.BAD
