"""The board in frozen values: a card for each session, in columns of rooms, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.agenda.moves import USUAL
from app.network.models import folded
from app.planning.hours import Hours, verdict
from app.planning.kinds import Judged
from app.planning.model import City, Mode, Session
from app.schedule.clashes import Found
from app.schedule.plan import FOR_ALL, PAUSES, Item, Named, Plan


@dataclass(frozen=True)
class Guest:
    """A city on a card. `local` is when the session begins there, for who joins online or may do so."""

    slug: str
    name: str
    mode: str
    local: datetime | None = None
    hours: Hours | None = None
    wish: int | None = None
    """Which of the city's wishes the session's theme is, 1 the dearest; 0: it asked for others; None: for none."""
    wishes: tuple[str, ...] = ()
    """The names of the themes it asks for, where it is in no session yet."""


@dataclass(frozen=True)
class Card:
    """A session as the board shows it."""

    item: Item
    title: str
    room: str
    """The name of its room; empty while it has none."""
    within: str
    """The code of the block it stands in; empty: in none."""
    block: str
    """The title of that block."""
    holds: int
    """How many sessions stand within it."""
    theme: Named | None
    cities: tuple[Guest, ...]
    people: tuple[str, ...]
    found: tuple[Judged, ...]
    length: int = USUAL
    """Minutes: as it stands, or else as it needs."""

    @property
    def code(self) -> str:
        return self.item.code

    @property
    def begins(self) -> int | None:
        """Minutes after midnight."""
        return _minutes(self.item.times[0]) if self.item.times else None

    @property
    def ends(self) -> int | None:
        return _minutes(self.item.times[1]) if self.item.times else None

    @property
    def band(self) -> bool:
        """Whether it concerns every room of its day: a pause, or a session to which everybody comes."""
        return not self.holds and self.item.kind in PAUSES | FOR_ALL

    @property
    def blocking(self) -> bool:
        return any(each.blocks for each in self.found)

    @property
    def open(self) -> tuple[Judged, ...]:
        """What nobody has accepted yet."""
        return tuple(each for each in self.found if not each.waived)


@dataclass(frozen=True)
class Column:
    """What is in one room on one day, by time; `room` is None for what has no room yet."""

    room: Named | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Day:
    """One day of the board, between the full hours that hold all of it."""

    day: date
    columns: tuple[Column, ...]
    bands: tuple[Card, ...]
    """What stands across all rooms, by time."""
    blocks: tuple[Card, ...]
    """Blocks that hold sessions: they are where these are."""
    opens: int
    closes: int

    @property
    def cards(self) -> tuple[Card, ...]:
        """All that has a time on this day."""
        return (*self.bands, *(card for column in self.columns for card in column.cards))

    @property
    def blocking(self) -> int:
        """How many of them stop publishing."""
        return sum(card.blocking for card in self.cards)


@dataclass(frozen=True)
class Choice:
    """Which cards to show; empty: all."""

    theme: str = ""
    city: str = ""
    mode: str = ""
    only: str = ""
    """"clashes": those of which something is to be said."""

    @property
    def narrows(self) -> bool:
        return bool(self.theme or self.city or self.mode or self.only)


def cards(plan: Plan, found: Found, codes: Iterable[str] | None = None) -> dict[str, Card]:
    """The cards of these sessions, of all without `codes`, in the organisers' order."""
    sessions = {each.id: each for each in plan.problem.sessions}
    starts = {each.session: each.start for each in plan.placings}
    names = {each.id: each for each in (*plan.problem.cities, *plan.problem.people)}
    rooms = {each.id: each.name for each in plan.rooms}
    holds: dict[str, int] = {}
    for each in plan.problem.sessions:
        holds[each.parent] = holds.get(each.parent, 0) + 1
    wanted = plan.items.keys() if codes is None else set(codes)
    made = {}
    for code, item in plan.items.items():
        if code not in wanted:
            continue
        session, start = sessions.get(code), starts.get(code)
        guests = [(names[each.who], each) for each in session.appearances if each.who in names] if session else []
        made[code] = Card(
            item=item,
            title=plan.titles[code],
            room=rooms.get(item.room or 0, ""),
            within=session.parent if session else "",
            block=plan.titles.get(session.parent, "") if session else "",
            holds=holds.get(code, 0),
            theme=plan.themes.get(item.theme or 0),
            cities=tuple(
                _guest(plan, who, seat.mode, session, start)
                for who, seat in guests
                if session and isinstance(who, City)
            ),
            people=tuple(who.name for who, _seat in guests if not isinstance(who, City)),
            found=found.get(code, ()),
            length=session.length if session else USUAL,
        )
    return made


def _guest(plan: Plan, city: City, mode: Mode | None, session: Session, start: datetime | None) -> Guest:
    guest = Guest(_slug(city), city.name, mode.value if mode else "", wish=_wish(city, session))
    online = mode is Mode.ONLINE or (mode is None and Mode.ONLINE in city.modes)
    if not online or start is None:
        return guest
    end = start + timedelta(minutes=session.length)
    hours = verdict(start, end, city.zone, plan.settings.limits)
    return replace(guest, local=start.astimezone(ZoneInfo(city.zone)), hours=hours)


def _slug(city: City) -> str:
    return city.id.removeprefix("city:")


def _wish(city: City, session: Session) -> int | None:
    """The host speaks on every theme, so its wishes are not looked at."""
    if city.host or not city.wishes or not session.theme:
        return None
    return city.wishes.index(session.theme) + 1 if session.theme in city.wishes else 0


def idle(plan: Plan) -> list[Guest]:
    """The cities that are in no session, by name, with the themes they ask for."""
    busy = {seat.who for each in plan.problem.sessions for seat in each.appearances}
    names = {each.slug: each.name for each in plan.themes.values()}
    return [
        Guest(_slug(each), each.name, "", wishes=tuple(names[slug] for slug in each.wishes))
        for each in plan.problem.cities
        if each.id not in busy
    ]


def days(plan: Plan, made: Mapping[str, Card], choice: Choice = Choice()) -> tuple[Day, ...]:
    """The board: every day of the summit with a column for each room, and one for what has no room yet."""
    shown = [card for card in made.values() if _fits(card, choice)]
    return tuple(_day(plan, day, shown) for day in plan.days)


def tray(made: Mapping[str, Card], choice: Choice = Choice()) -> tuple[Card, ...]:
    """What has no time yet, in the organisers' order; a block that holds sessions is where these are."""
    return tuple(
        card
        for card in made.values()
        if card.item.times is None and not card.holds and not card.item.cancelled and _fits(card, choice)
    )


def _day(plan: Plan, day: date, shown: list[Card]) -> Day:
    there = [card for card in shown if card.item.day == day]
    placed = sorted((card for card in there if card.begins is not None and not card.holds), key=_place)
    held = {card.within for card in placed}
    single = [card for card in placed if not card.band]
    rooms = [Column(room, tuple(card for card in single if card.item.room == room.id)) for room in plan.rooms]
    homeless = tuple(card for card in single if card.item.room is None)
    edges = [edge for card in placed for edge in (card.begins or 0, card.ends or 0)]
    opens = min([_minutes(plan.settings.opens), *edges]) // 60 * 60
    closes = -(-max([_minutes(plan.settings.closes), *edges]) // 60) * 60
    return Day(
        day=day,
        columns=(*rooms, *([Column(None, homeless)] if homeless or not rooms else [])),
        bands=tuple(card for card in placed if card.band),
        blocks=tuple(card for card in shown if card.holds and (card.item.day == day or card.code in held)),
        opens=opens,
        closes=min(closes, 24 * 60),
    )


def _place(card: Card) -> tuple[int, int]:
    return card.begins or 0, card.item.position


def _fits(card: Card, choice: Choice) -> bool:
    modes = {each.mode for each in card.cities}
    city = folded(choice.city)
    return (
        (not choice.theme or (card.theme is not None and str(card.theme.id) == choice.theme))
        and (not city or any(city in folded(each.name) for each in card.cities))
        and (not choice.mode or choice.mode in modes)
        and (choice.only != "clashes" or bool(card.open))
    )


def kinds_of(found: Iterable[Judged]) -> dict[str, list[Judged]]:
    """The same by kind, so that thirty of one kind can be read as one."""
    rows: dict[str, list[Judged]] = {}
    for each in found:
        rows.setdefault(each.conflict.kind.value, []).append(each)
    return rows


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
