"""Differences in words: the same for the organisers' preview, the public's change log and its feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app import clock
from app.publishing.differences import Detail, Difference, Moment, counts
from app.publishing.phrases import mode_word, moment_words, part_word
from app.web.wording import language_name, listed, zone_name

LONG = 160
"""Characters from which a text is not shown before and after: it is called rewritten."""
TONES = {
    "added": "good",
    "reinstated": "good",
    "retimed": "warn",
    "moved": "warn",
    "cancelled": "bad",
    "removed": "bad",
}


@dataclass(frozen=True)
class Line:
    """One thing before and after; either may be empty. `zone` is where the clocks show it so, if it is a time."""

    label: str
    before: str
    after: str
    zone: str = ""


@dataclass(frozen=True)
class Told:
    """One difference in words."""

    name: str
    subject: str
    """What it is: "session", "city" ...; `what` is the same in words."""
    what: str
    code: str
    kinds: tuple[tuple[str, str], ...]
    """(word, tone) of each kind."""
    lines: tuple[Line, ...]


def tell(found: Iterable[Difference], home: str, yours: str = "") -> list[Told]:
    """Each difference in words, its times by the clocks of `home` and, if it is another zone, of `yours`."""
    zones = [home, yours] if yours and yours != home else [home]
    return [
        Told(
            each.name,
            each.subject,
            subject_word(each.subject),
            each.code,
            tuple((kind_word(kind), TONES.get(kind, "plain")) for kind in each.kinds),
            tuple(line for detail in each.details for line in _lines(detail, zones, each.subject)),
        )
        for each in found
    ]


def summary(found: Sequence[Difference]) -> str:
    """As in "1 retimed, 2 cancelled"."""
    return ", ".join(f"{number} {kind_word(kind).lower()}" for number, kind in counts(found))


def plain(told: Told) -> str:
    """All of it in one line, for a feed: "Session 2: Retimed. Time (Tokyo): 11:50–13:10 → 12:10–13:30."."""
    kinds = listed([word for word, _tone in told.kinds])
    lines = "; ".join(_plain(line) for line in told.lines)
    return f"{told.name} ({told.what.lower()}): {kinds}.{f' {lines}.' if lines else ''}"


def _plain(line: Line) -> str:
    label = f"{line.label} ({line.zone})" if line.zone else line.label
    if line.before and line.after:
        return f"{label}: {_('%(before)s → %(after)s', before=line.before, after=line.after)}"
    return f"{label}: {line.before or line.after or ''}"


def kind_word(kind: str) -> str:
    words = {
        "added": _("Added"),
        "removed": _("Removed"),
        "cancelled": _("Cancelled"),
        "reinstated": _("Reinstated"),
        "retimed": _("Retimed"),
        "moved": _("Moved to another place"),
        "renamed": _("Renamed"),
        "people": _("People changed"),
        "changed": _("Details changed"),
        "reworded": _("Words in other languages changed"),
    }
    return str(words[kind])


def subject_word(subject: str) -> str:
    words = {
        "session": _("Session"),
        "city": _("City"),
        "person": _("Person"),
        "theme": _("Theme"),
        "visit": _("Visit"),
        "outcome": _("Outcome"),
        "summit": _("Summit"),
        "room": _("Room"),
    }
    return str(words[subject])


def _lines(detail: Detail, zones: Sequence[str], subject: str) -> Iterable[Line]:
    match detail.field:
        case "time" if detail.moments:
            return _times(detail.moments, zones)
        case "languages" if subject == "summit":  # codes; those of a visit are organisers' words
            return [Line(field_word("languages"), *(_languages(each) for each in (detail.before, detail.after)))]
        case "cancelled":
            return []  # the kind says it
        case "modes":
            return [Line(field_word("modes"), _modes(detail.before), _modes(detail.after))]
    return [_of_somebody(detail) if detail.who else _text(_label(detail), detail)]


def _label(detail: Detail) -> str:
    """What a text is, and in which language where that is not the main one."""
    field = field_word(detail.field)
    if not detail.language:
        return field
    return str(_("%(field)s in %(language)s", field=field, language=language_name(detail.language)))


def _of_somebody(detail: Detail) -> Line:
    """Who comes, goes, or appears otherwise."""
    match detail.field:
        case "came":
            return Line(_("Comes"), "", _with(detail.who, mode_word(detail.after)))
        case "went":
            return Line(_("No longer there"), _with(detail.who, mode_word(detail.before)), "")
        case "mode":
            return Line(detail.who, mode_word(detail.before), mode_word(detail.after))
        case "part":
            return Line(detail.who, *(part_word(each) for each in (detail.before, detail.after)))
        case "as":
            return _text(_("%(name)s appears as", name=detail.who), detail)
    return _text(_("Topic of %(name)s", name=detail.who), detail)


def _with(name: str, mode: str) -> str:
    return f"{name} ({mode})"


def _text(label: str, detail: Detail) -> Line:
    if max(len(detail.before), len(detail.after)) > LONG:
        return Line(label, "", _("rewritten"))
    none = _("none")
    return Line(label, detail.before or none, detail.after or none)


def _times(moments: tuple[Moment, Moment], zones: Sequence[str]) -> list[Line]:
    home = zones[0]
    lines = []
    for zone in zones:
        days = {_day(each, there) for each in moments for there in (home, zone)}
        before, after = (moment_words(each, zone, dated=len(days) > 1) for each in moments)
        lines.append(Line(_("Time"), before, after, zone_name(zone)))
    timed = any(each.starts for each in moments)
    return lines if timed else [Line(_("Day"), lines[0].before, lines[0].after)]


def _day(moment: Moment, zone: str) -> object:
    return clock.local(moment.starts, zone).date() if moment.starts else moment.day


def _languages(codes: str) -> str:
    """ "English, French, Korean → Japanese" of "en, fr, ko > ja"."""
    return ", ".join(" → ".join(map(language_name, each.split(" > "))) for each in codes.split(", "))


def _modes(modes: str) -> str:
    return ", ".join(mode_word(each) for each in modes.split(", "))


def field_word(field: str) -> str:
    words = {
        "title": _("Title"),
        "name": _("Name"),
        "room": _("Room"),
        "joinable": _("Joined from afar"),
        "number": _("Number"),
        "theme": _("Theme"),
        "parent": _("Block"),
        "kind": _("Kind"),
        "visibility": _("Who may see it"),
        "note": _("Note"),
        "description": _("Description"),
        "order": _("Speaking order"),
        "modes": _("Ways of taking part"),
        "zone": _("Time zone"),
        "country": _("Country"),
        "host": _("Host"),
        "tone": _("Colour"),
        "honorific": _("Form of address"),
        "positions": _("Positions"),
        "city": _("City"),
        "meeting_point": _("Meeting point"),
        "seats": _("Seats"),
        "day": _("Day"),
        "summary": _("Summary"),
        "announced_by": _("Announced by"),
        "parties": _("Parties"),
        "sections": _("Sections"),
        "motto": _("Motto"),
        "venue": _("Venue"),
        "format": _("Format"),
        "times_note": _("Where the times come from"),
        "languages": _("Languages"),
        "rules": _("Rules"),
    }
    return str(words.get(field, field.replace("_", " ").capitalize()))
