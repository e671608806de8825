"""The cells that say who appears, "Rome (online); Milan (video, 3 min)", and the seats they stand for. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.agenda.facts import Seat
from app.agenda.models import Part
from app.events.models import Mode
from app.network.models import folded
from app.refused import Refused
from app.schedule.sheets.naming import Called

PARTS = {
    Part.SPEAKER: "speaker speaking",
    Part.KEYNOTE: "keynote keynotespeaker",
    Part.MODERATOR: "moderator moderating chair",
    Part.PANELLIST: "panellist panelist",
    Part.PARTICIPANT: "participant takingpart",
    Part.PRESIDING: "presiding president",
    Part.RAPPORTEUR: "rapporteur",
    Part.SIGNATORY: "signatory signing",
    Part.OBSERVER: "observer observing",
}
MODES = {
    Mode.VENUE: "venue atthevenue atvenue inperson onsite",
    Mode.ONLINE: "online remote",
    Mode.VIDEO: "video byvideo videomessage byvideomessage",
    None: "tobeconfirmed tbc",
}
PART_WORDS = {word: part for part, words in PARTS.items() for word in words.split()}
MODE_WORDS = {word: mode for mode, words in MODES.items() for word in words.split()}
"""Parts and modes by what a cell may call them, folded; None: to be confirmed."""
UNSURE = "to be confirmed"
MINUTES = re.compile(r"(\d{1,4}) ?(?:m|min|mins|minutes?)\.?", re.IGNORECASE)
MOST_MINUTES = 600
LISTED = re.compile(r"[;\n]")
DETAILED = re.compile(r"(.*\S)\s*\(([^()]*)\)")

Whom = tuple[int | None, int | None]
"""The ids of a delegation and of a person, one of them None."""


@dataclass(frozen=True)
class Told:
    """One entry of a cell. `says_mode` is false where the cell leaves the way of taking part as it is."""

    whom: Whom
    written: str
    name: str
    """What it was read as."""
    part: Part = Part.SPEAKER
    mode: Mode | None = None
    says_mode: bool = False
    minutes: int | None = None


def shown(seats: Iterable[Seat], called: Called[int], *, cities: bool) -> str:
    """The cell of those of the seats that are cities, or people."""
    return "; ".join(_shown(each, called) for each in seats if (each.delegation_id is not None) == cities)


def _shown(seat: Seat, called: Called[int]) -> str:
    key = seat.delegation_id or seat.person_id or 0
    details = [] if seat.part is Part.SPEAKER else [seat.part.value]
    if seat.mode is not None:
        details.append(seat.mode.value)
    elif seat.delegation_id is not None:
        details.append(UNSURE)
    if seat.minutes is not None:
        details.append(f"{seat.minutes} min")
    return f"{called.written(key)} ({', '.join(details)})" if details else called.written(key)


def read(cell: str, called: Called[int], *, cities: bool) -> tuple[Told, ...]:
    """Who a cell names, in its order. Refused for a name or word that is not known, and for who stands in it twice."""
    found = tuple(_entry(" ".join(each.split()), called, cities) for each in LISTED.split(cell) if each.strip())
    for (whom, part), count in Counter((each.whom, each.part) for each in found).items():
        if count > 1:
            name = next(each.name for each in found if (each.whom, each.part) == (whom, part))
            raise Refused(_("%(name)s stands twice in the speaking order in the same part.", name=name))
    return found


def _entry(words: str, called: Called[int], cities: bool) -> Told:
    name, details = words, ""
    if not called.find(words) and (match := DETAILED.fullmatch(words)):
        name, details = match.groups()
    key = called.one(name, _unknown(name, cities))
    whom = (key, None) if cities else (None, key)
    told = Told(whom, name, called.written(key))
    for detail in filter(None, (each.strip() for each in details.split(","))):
        told = _detailed(told, detail)
    return told


def _unknown(name: str, cities: bool) -> str:
    said = (
        _("“%(name)s” is none of the cities of this summit.", name=name)
        if cities
        else _("“%(name)s” is none of the people of this summit.", name=name)
    )
    return f"{said} {_('Several are parted by semicolons.')}" if "," in name else str(said)


def _detailed(told: Told, detail: str) -> Told:
    word = folded(detail)
    if word in PART_WORDS:
        return replace(told, part=PART_WORDS[word])
    if word in MODE_WORDS:
        return replace(told, mode=MODE_WORDS[word], says_mode=True)
    if match := MINUTES.fullmatch(detail):
        if not 1 <= int(match[1]) <= MOST_MINUTES:
            raise Refused(_("%(name)s: minutes are from 1 to %(most)s.", name=told.name, most=MOST_MINUTES))
        return replace(told, minutes=int(match[1]))
    raise Refused(
        _(
            "%(name)s: “%(detail)s” is neither a way of taking part (venue, online, video, to be confirmed), nor a part"
            " (%(parts)s), nor minutes (3 min).",
            name=told.name,
            detail=detail,
            parts=", ".join(PARTS),
        )
    )


Cells = tuple[tuple[Told, ...] | None, tuple[Told, ...] | None]
"""What a row says of people and of cities; None where it says nothing."""


def moving(rows: Iterable[tuple[Sequence[Seat], Cells]]) -> dict[Whom, Seat]:
    """Who leaves one session of the table and comes to one other: their seats, which go along with all they hold."""
    gone: dict[Whom, list[Seat]] = defaultdict(list)
    come: Counter[Whom] = Counter()
    for present, cells in rows:
        for cities, told in enumerate(cells):
            if told is None:
                continue
            named = {each.whom for each in told}
            stood = [each for each in present if (each.delegation_id is not None) == bool(cities)]
            for each in stood:
                if _whom(each) not in named:
                    gone[_whom(each)].append(each)
            come.update(named - {_whom(each) for each in stood})
    return {whom: seats[0] for whom, seats in gone.items() if len(seats) == 1 and come[whom] == 1}


def seated(
    present: Sequence[Seat], cells: Cells, moved: Mapping[Whom, Seat], only: Mapping[int, Mode]
) -> tuple[Seat, ...]:
    """Who is in a session after what its row says, in their places.

    People and cities keep the places that people and cities have among each other; more people stand after the last
    of them, more cities at the end. Who stays keeps what no cell shows (topic, speaker). Who comes new without a word
    on how takes part in the one way of the city (`only`: delegation -> mode), or as is to be confirmed.
    """
    sides = [_side(present, told, bool(cities), moved, only) for cities, told in enumerate(cells)]
    people, cities = (deque(each) for each in sides)
    placed = []
    for each in present:
        queue = people if each.delegation_id is None else cities
        if queue:
            placed.append(queue.popleft())
    last = max((place for place, each in enumerate(placed, 1) if each.delegation_id is None), default=0)
    return (*placed[:last], *people, *placed[last:], *cities)


def _side(
    present: Sequence[Seat],
    told: Sequence[Told] | None,
    cities: bool,
    moved: Mapping[Whom, Seat],
    only: Mapping[int, Mode],
) -> list[Seat]:
    stood = [each for each in present if (each.delegation_id is not None) == cities]
    if told is None:
        return stood
    alone = {whom for whom, count in Counter(each.whom for each in told).items() if count == 1}
    return [_seat(each, _stood(each, stood, each.whom in alone, moved), only) for each in told]


def _stood(told: Told, stood: Iterable[Seat], alone: bool, moved: Mapping[Whom, Seat]) -> Seat | None:
    """The seat of who is told: in the same part, or else in any when there is but one, or else in another session."""
    theirs = [each for each in stood if _whom(each) == told.whom]
    if not theirs:
        return moved.get(told.whom)
    same = [each for each in theirs if each.part == told.part]
    return next(iter(same or (theirs if alone and len(theirs) == 1 else [])), None)


def _seat(told: Told, stood: Seat | None, only: Mapping[int, Mode]) -> Seat:
    delegation, person = told.whom
    seat = stood or Seat(told.part, delegation_id=delegation, person_id=person, mode=only.get(delegation or 0))
    mode = told.mode if told.says_mode else seat.mode
    return replace(seat, part=told.part, mode=mode, minutes=told.minutes)


def _whom(seat: Seat) -> Whom:
    return seat.delegation_id, seat.person_id
