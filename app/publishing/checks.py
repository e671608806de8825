"""What to look at before a programme is published. Rooms that know more hang their checks on `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Row, Select, and_, select

from app.agenda.models import Appearance, Part, Session
from app.agenda.warnings import Caution, City, Item, cautions
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Mode
from app.network.models import Member
from app.publishing.programme import Programme
from app.publishing.programme import Session as Told
from app.registration.models import ENDED, Capacity, Delegate
from app.web.wording import clock_time, day_short

MODERATED = {"session", "forum"}
"""Kinds of sessions that somebody should moderate."""


@dataclass(frozen=True)
class Finding:
    """One thing to look at; `key` tells it from all others, and is another when it becomes worse."""

    key: str
    code: str
    """Of the session it is in."""
    title: str
    words: str = ""


@dataclass(frozen=True)
class Check:
    """One question put to a programme, and what was found. What is `grave` is published only with a reason."""

    name: str
    question: str
    findings: tuple[Finding, ...]
    grave: bool = False
    mend: str = "agenda.table"
    """The address, by its name, of the page where all of them can be mended."""

    @property
    def by_session(self) -> list[tuple[str, str, list[str]]]:
        """(code, title, words) of each session in which something was found."""
        found: dict[str, tuple[str, str, list[str]]] = {}
        for each in self.findings:
            *_whose, words = found.setdefault(each.code, (each.code, each.title, []))
            words += [each.words] if each.words else []
        return list(found.values())


Judge = Callable[[int, Programme], Check]
"""Asks one question of the programme that the draft of this event (its id) amounts to."""


def check(event_id: int, programme: Programme) -> list[Check]:
    """All questions, with what was found to each. Two queries, besides those of the checks that others hung in."""
    return [judge(event_id, programme) for judge in CHECKS]


def grave(event_id: int, programme: Programme) -> list[Finding]:
    """What this programme may be published with only if a reason is given (rule 9.7 of the domain)."""
    found = (judge(event_id, programme) for judge in GRAVE)
    return [finding for each in found for finding in each.findings]


def hours(_event_id: int, programme: Programme) -> Check:
    found = [each for each in _cautions(programme) if each.kind == "hour"]
    return Check(
        "hours", _("Cities that join online at a bad hour"), _findings(found, programme, _hour_words), grave=True
    )


def clashes(_event_id: int, programme: Programme) -> Check:
    found = [each for each in _cautions(programme) if each.kind == "clash"]
    return Check("clashes", _("Cities in two places at once"), _findings(found, programme, _clash_words), grave=True)


def outside(_event_id: int, programme: Programme) -> Check:
    found = [each for each in _cautions(programme) if each.kind == "outside"]

    def day(caution: Caution) -> str:
        on = programme.session[caution.code].day
        return day_short(on) if on else ""

    return Check("outside", _("Sessions on a day outside the summit"), _findings(found, programme, day))


def unplaced(_event_id: int, programme: Programme) -> Check:
    found = [each for each in _items(programme) if each.starts is None]
    return Check("unplaced", _("Sessions without a time"), _whole(found))


def moderators(_event_id: int, programme: Programme) -> Check:
    found = [each for each in _items(programme) if each.kind in MODERATED and not _moderated(each, programme)]
    return Check("moderators", _("Sessions without a moderator"), _whole(found))


def unconfirmed(event_id: int, _programme: Programme) -> Check:
    rows = db.session.execute(_seats(event_id).where(Appearance.confirmed.is_(False)))
    return Check("unconfirmed", _("Cities that have not confirmed their part"), _people(rows))


def speakers(event_id: int, _programme: Programme) -> Check:
    """Live appearances for which neither a speaker is named nor the delegation has a head."""
    head = and_(Delegate.delegation_id == Delegation.id, Delegate.role == Capacity.HEAD, Delegate.state.not_in(ENDED))
    rows = db.session.execute(
        _seats(event_id)
        .outerjoin(Delegate, head)
        .where(Delegate.id.is_(None), Appearance.speaker_id.is_(None))
        .where(Appearance.mode.is_distinct_from(Mode.VIDEO), Appearance.part != Part.OBSERVER)
    )
    return Check("speakers", _("Cities of which nobody is named to speak"), _people(rows), mend="board.table")


CHECKS: list[Judge] = [hours, clashes, outside, unplaced, unconfirmed, moderators, speakers]
"""All that is asked before publishing, in the order in which it is shown."""
GRAVE: list[Judge] = [hours, clashes]
"""Those whose findings need a reason. They are asked in the transaction that publishes, so they must be quick."""


def _seats(event_id: int) -> Select[str, str, str]:
    """Appearances of cities that take part, in sessions that are not cancelled: code, title, name of the city."""
    return (
        select(Session.code, Session.title, Member.name)
        .select_from(Appearance)
        .join(Session)
        .join(Delegation, Appearance.delegation_id == Delegation.id)
        .join(Member)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), Delegation.answer.in_(TAKES_PART))
        .order_by(Session.position, Session.id, Appearance.position)
    )


def _people(rows: Iterable[Row[str, str, str]]) -> tuple[Finding, ...]:
    return tuple(Finding(f"{code}/{city}", code, title, city) for code, title, city in rows)


def _whole(found: Iterable[Told]) -> tuple[Finding, ...]:
    return tuple(Finding(each.code, each.code, each.title) for each in found)


def _items(programme: Programme) -> list[Told]:
    """The sessions that take place, without the blocks that only hold others."""
    return [each for each in programme.sessions if not each.cancelled and not programme.children[each.code]]


def _moderated(session: Told, programme: Programme) -> bool:
    """By somebody of its own, or of its block."""
    block = programme.session.get(session.parent)
    here = (*session.appearances, *(block.appearances if block else ()))
    return any(each.part == "moderator" for each in here)


def _cautions(programme: Programme) -> tuple[Caution, ...]:
    items = [_item(each, programme) for each in programme.sessions if not each.cancelled]
    return cautions(items, programme.summit.starts_on, programme.summit.ends_on)


def _item(session: Told, programme: Programme) -> Item:
    there = [(programme.city[each.city], each.mode) for each in session.appearances if each.city]
    return Item(
        code=session.code,
        title=session.title,
        parent=session.parent,
        day=session.day,
        starts=session.starts,
        ends=session.ends,
        cities=tuple(
            City(city.slug, city.name, city.zone, online="online" in ({mode} if mode else city.modes))
            for city, mode in there
        ),
    )


def _findings(found: Sequence[Caution], programme: Programme, words: Callable[[Caution], str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "/".join((each.kind, each.code, each.city, f"{each.starts or ''}", each.other)),
            each.code,
            programme.session[each.code].title,
            words(each),
        )
        for each in found
    )


def _hour_words(caution: Caution) -> str:
    if caution.starts is None or caution.ends is None:
        return caution.city
    zone = str(caution.starts.tzinfo)
    span = f"{clock_time(caution.starts, zone)}–{clock_time(caution.ends, zone)}"
    return str(_("%(city)s, %(span)s by its own clocks", city=caution.city, span=span))


def _clash_words(caution: Caution) -> str:
    return str(_("%(city)s is also in %(other)s", city=caution.city, other=caution.other))
