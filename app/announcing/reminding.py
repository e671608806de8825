"""Rules for reminders: made, stopped and resumed by organisers, carried out once for each of their moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.announcing import letters
from app.announcing.candidates import Candidate
from app.announcing.criteria import comes, concerns, in_words
from app.announcing.crowd import Crowd, Recipient, Round, Unfit, Wanted
from app.announcing.models import Anchor, Outcome, Rule, Run, Unit
from app.announcing.moments import Ground, Occurrence, occurrences
from app.announcing.service import Written, judged
from app.db import claim, db
from app.events.models import Event
from app.journal import note
from app.outbox import Rendered, post_all
from app.publishing.personal import EVERYBODYS
from app.publishing.shown import PUBLIC
from app.refused import Refused

WORKER = "Plenary"


@dataclass(frozen=True)
class When:
    """The moment of a rule, as it was chosen (models.Rule)."""

    anchor: Anchor
    anchor_of: str = ""
    amount: int = 0
    unit: Unit = Unit.DAYS
    day: date | None = None
    clock: time | None = None


@dataclass(frozen=True)
class Line:
    """A rule in the table."""

    rule: Rule
    next: Occurrence | None
    """Its next moment that is not dealt with; None: there is none."""
    why_not: str
    """Why there is none."""
    last: Run | None
    """What came of its last moment, of those that it was in time for."""
    reaches: int
    """How many would get a letter now, at whichever of its moments that are to come; or all of them, when none is."""


def store(event: Event, uid: str, given: Written, when: When, seen: int, key: str, *, who: str, now: datetime) -> Rule:
    """Make a rule (for an empty `uid`, once for each `key`), or change the version `seen` of one.

    A moment that is over by now is never made good for: the rule says that it came too late. Refused as
    `service.judged` is, when the rule would have no moment at all, and when somebody changed it since.
    """
    words, fallback, asked = judged(event, letters.REMINDER, given)
    told = {"words": words, "fallback": fallback, "asked": asked, "changed_by": who, "changed_at": now, **vars(when)}
    if not uid:
        known = db.session.execute(select(Rule).where(Rule.submit_key == key)).scalar_one_or_none()
        if known is not None:
            return known
        row = Rule(event_id=event.id, submit_key=key, **told)
        db.session.add(row)
    else:
        row = held(event.id, uid)
        if row.version != seen:
            raise Refused(_("Somebody has changed this meanwhile. Yours is kept here; open it anew to see theirs."))
        for name, value in told.items():
            setattr(row, name, value)
        row.version += 1
    _possible(row, event)
    db.session.flush()
    _arm(event, row, now)
    _note(event, "reminder set", row, who, now)
    return row


def _possible(row: Rule, event: Event) -> None:
    """Refused on "anchor" when there is nothing from which its moment could be counted."""
    try:
        occurrences(row, Ground(event))
    except Refused as no:
        raise Refused(no.message, "anchor") from no
    except OverflowError as fault:
        raise Refused(_("There is no such day."), "amount") from fault


def _arm(event: Event, row: Rule, now: datetime) -> None:
    """What is over by now is dealt with: too late."""
    for each in _occurrences(row, Ground(event)):
        if each.moment <= now:
            _dealt_with(row.id, each.moment, Outcome.LATE, now)


def _dealt_with(rule_id: int, moment: datetime, outcome: Outcome, now: datetime) -> bool:
    """Note that this moment of a rule is dealt with; whether it was not before: of many workers one is told so."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told = {"rule_id": rule_id, "moment": moment, "at": now, "outcome": outcome, "letters": 0}
    made = dialect.insert(Run).values(**told).on_conflict_do_nothing(index_elements=["rule_id", "moment"])
    return db.session.execute(made.returning(Run.id)).scalar_one_or_none() is not None


def stop(event: Event, uid: str, *, who: str, now: datetime) -> bool:
    """Let the rule rest; whether it did not before."""
    return _switch(event, uid, True, who, now)


def resume(event: Event, uid: str, *, who: str, now: datetime) -> bool:
    """Let it go on; moments that were over meanwhile stay without a letter."""
    return _switch(event, uid, False, who, now)


def _switch(event: Event, uid: str, stopped: bool, who: str, now: datetime) -> bool:
    row = held(event.id, uid)
    if not claim(update(Rule).where(Rule.id == row.id, Rule.stopped.is_(not stopped)).values(stopped=stopped)):
        return False
    db.session.refresh(row)
    if not stopped:
        _arm(event, row, now)
    _note(event, "reminder stopped" if stopped else "reminder resumed", row, who, now)
    return True


def throw_away(event: Event, uid: str, *, who: str, now: datetime) -> None:
    """Delete a rule. Refused when letters of it went; a second time is no fault."""
    row = db.session.execute(_locked(event.id, uid)).scalar_one_or_none()
    if row is None:
        return
    went = select(Run.id).where(Run.rule_id == row.id, Run.letters > 0).limit(1)
    if db.session.execute(went).first() is not None:
        raise Refused(_("It has reminded people already, so it stays. Stop it instead."))
    _note(event, "reminder thrown away", row, who, now)
    db.session.execute(delete(Run).where(Run.rule_id == row.id).execution_options(synchronize_session=False))
    db.session.delete(row)
    db.session.flush()


def one(event_id: int, uid: str) -> Rule:
    """One rule of this event. Raises LookupError."""
    found = db.session.execute(_by_uid(event_id, uid)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"this event has no reminder {uid!r}")
    return found


def held(event_id: int, uid: str) -> Rule:
    """The same, locked and as it stands now. Refused when it is no more."""
    found = db.session.execute(_locked(event_id, uid)).scalar_one_or_none()
    if found is None:
        raise Refused(_("This reminder was thrown away meanwhile."))
    return found


def _locked(event_id: int, uid: str) -> Select[Rule]:
    return _by_uid(event_id, uid).with_for_update().execution_options(populate_existing=True)


def _by_uid(event_id: int, uid: str) -> Select[Rule]:
    return select(Rule).where(Rule.event_id == event_id, Rule.uid == uid)


def table(event: Event, now: datetime) -> list[Line]:
    """Every rule of an event with its next moment, its last, and whom it would reach now. A fixed number of queries."""
    rules = list(db.session.execute(select(Rule).where(Rule.event_id == event.id).order_by(Rule.id)).scalars())
    runs: dict[int, list[Run]] = {each.id: [] for each in rules}
    mine = select(Run).join(Rule, Rule.id == Run.rule_id).where(Rule.event_id == event.id)
    for run in db.session.execute(mine.order_by(Run.at, Run.id)).scalars():
        runs[run.rule_id].append(run)
    ground, crowd = Ground(event), Crowd(event, now)
    return [_line(each, runs[each.id], ground, crowd) for each in rules]


def last_run(rule: Rule) -> Run | None:
    """What came of its last moment, of those that it was in time for. One query."""
    runs = select(Run).where(Run.rule_id == rule.id, Run.outcome != Outcome.LATE)
    return db.session.execute(runs.order_by(Run.at.desc(), Run.id.desc()).limit(1)).scalar_one_or_none()


def _line(rule: Rule, runs: Sequence[Run], ground: Ground, crowd: Crowd) -> Line:
    last = next((each for each in reversed(runs) if each.outcome != Outcome.LATE), None)
    try:
        found = occurrences(rule, ground)
    except Refused as no:
        return Line(rule, None, no.message, last, 0)
    done = {each.moment for each in runs}
    ahead = [each for each in found if each.moment not in done]
    reaches = sum(len(list_of(crowd, rule, each, ground).going) for each in ahead or found)
    return Line(rule, ahead[0] if ahead else None, "" if ahead else _why_none(runs, found), last, reaches)


def _why_none(runs: Sequence[Run], found: Sequence[Occurrence]) -> str:
    outcomes = {each.moment: each.outcome for each in runs}
    if outcomes[found[-1].moment] == Outcome.LATE:
        return str(_("It was set too late: its moment was over already."))
    return str(_("Its moment has been."))


def list_of(crowd: Crowd, rule: Rule, what: Occurrence, ground: Ground, until: datetime | None = None) -> Round:
    """Whom it reaches, were this its moment. `until`: it goes now, and whoever may not get it before that gets none."""
    wanted = Wanted(rule.asked, rule.words, rule.fallback, until)
    return crowd.round(wanted, _may_know(rule, ground), lambda each: what.meant(each.delegation_id))


def _may_know(rule: Rule, ground: Ground) -> Unfit | None:
    """Who may not be told of the session that it reminds of."""
    session = ground.session(rule.anchor_of) if rule.anchor == Anchor.SESSION else None
    programme = ground.programme
    if session is None or programme is None or (seen_by := programme.visibility_of(session)) == PUBLIC:
        return None

    def unfit(one: Candidate) -> str:
        knows = comes(one) and (seen_by in EVERYBODYS or concerns(programme, session, one))
        return "" if knows else _("may not know of this session")

    return unfit


def letter_to(event: Event, rule: Rule, what: Occurrence, to: Recipient) -> Rendered:
    """As one of them gets it."""
    told = rule.words[to.language], what.about, what.until
    return letters.preview(letters.reminder(event, rule.uid, what.moment, to, *told))


def due(now: datetime) -> list[tuple[int, datetime]]:
    """What is to be dealt with: (rule, its moment), the earliest first."""
    rules = db.session.execute(select(Rule).where(Rule.stopped.is_(False)).order_by(Rule.id)).scalars().all()
    if not rules:
        return []
    ids = [each.id for each in rules]
    known = select(Run.rule_id, Run.moment).where(Run.rule_id.in_(ids))
    done = {(row.rule_id, row.moment) for row in db.session.execute(known)}
    events = select(Event).where(Event.id.in_({each.event_id for each in rules}))
    grounds = {each.id: Ground(each) for each in db.session.execute(events).scalars()}
    found = [(each.moment, rule.id) for rule in rules for each in _occurrences(rule, grounds[rule.event_id])]
    waits = [(moment, key) for moment, key in found if moment <= now and (key, moment) not in done]
    return [(key, moment) for moment, key in sorted(waits)]


def carry_out(rule_id: int, moment: datetime, now: datetime) -> int:
    """Remind those whom the filter finds now; how many. Of many workers who try one does, and each letter is one.

    Nothing happens when the rule was stopped or thrown away, or has another moment by now.
    """
    query = select(Rule).where(Rule.id == rule_id).with_for_update().execution_options(populate_existing=True)
    rule = db.session.execute(query).scalar_one_or_none()
    if rule is None:
        return 0
    event = db.session.execute(select(Event).where(Event.id == rule.event_id)).scalar_one()
    ground = Ground(event)
    what = next((each for each in _occurrences(rule, ground) if each.moment == moment), None)
    if rule.stopped or what is None or moment > now:
        return 0
    outcome = Outcome.SENT if now < what.until else Outcome.OVER
    if not _dealt_with(rule.id, moment, outcome, now):
        return 0
    found = list_of(Crowd(event, now), rule, what, ground, what.until) if outcome == Outcome.SENT else Round()
    told = [(each, rule.words[each.language], what.about, what.until) for each in found.going]
    post_all((letters.reminder(event, rule.uid, moment, *each) for each in told), now)
    mine = update(Run).where(Run.rule_id == rule.id, Run.moment == moment)
    claim(mine.values(letters=len(told)))
    _note(event, "reminded", rule, WORKER, now, letters=len(told), left_out=len(found.left_out), outcome=outcome.value)
    return len(told)


def _occurrences(rule: Rule, ground: Ground) -> list[Occurrence]:
    """Its moments; none while there is nothing to count them from."""
    try:
        return occurrences(rule, ground)
    except Refused:
        return []


def _note(event: Event, what: str, row: Rule, who: str, now: datetime, **more: object) -> None:
    with force_locale("en"):  # for the journal, whoever reads it
        asked = dict(in_words(event, row.asked))
    when = {"anchor": row.anchor.value, "of": row.anchor_of, "amount": row.amount, "unit": row.unit.value}
    when |= {"day": row.day.isoformat() if row.day else "", "clock": f"{row.clock:%H:%M}" if row.clock else ""}
    after = {"subject": row.subject, "to": asked, "when": when} | more
    note(what, f"reminder/{row.uid}", who=who, now=now, event_id=event.id, after=after)
