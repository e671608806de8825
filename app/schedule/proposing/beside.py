"""A proposal beside today's draft: what would change, whom it concerns, what clashes, which wishes stay unmet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.events.models import Event
from app.planning.hours import Burden
from app.planning.kinds import HARD
from app.planning.proposals import Outcome, Request, Task
from app.planning.rules import RULES, Remark, Rule
from app.planning.score import score
from app.planning.summit import Summit, SummitScales
from app.refused import Refused
from app.schedule import afar, clashes
from app.schedule.plan import Plan
from app.schedule.plan import of as plan_of
from app.schedule.proposing import freezing, seating
from app.schedule.proposing.service import Ready
from app.schedule.redrawn import overlaid, respanned


@dataclass(frozen=True)
class Wish:
    """One rule before and after: how often it is unmet, and where afterwards."""

    rule: Rule
    before: int
    after: int
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Share:
    """A city's early and late hours before and after; None where it is not online."""

    name: str
    before: Burden | None
    after: Burden | None


@dataclass(frozen=True)
class Company:
    """A session whose cities would change: who would come and who would leave."""

    title: str
    come: tuple[str, ...]
    leave: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """Today's draft and the proposal."""

    changes: tuple[Changed, ...]
    """In the organisers' order; those that change their place alone stand in `moves`."""
    companies: tuple[Company, ...]
    who: tuple[str, ...]
    registered: int
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    wishes: tuple[Wish, ...]
    shares: tuple[Share, ...]
    stale: bool
    """The draft is another than when the proposal was asked for."""
    misfits: tuple[str, ...]
    """Sentences that say why it cannot be adopted any more."""

    @property
    def moves(self) -> tuple[Changed, ...]:
        return tuple(each for each in self.changes if _place(each.before) != _place(each.after))

    @property
    def left_out(self) -> tuple[str, ...]:
        """What stands now and would not."""
        return tuple(
            each.after.title
            for each in self.moves
            if each.before and each.after and each.before.starts and not each.after.starts
        )

    def ready(self, last: int) -> Ready:
        """What `service.adopt` wants; `last` is the act after which all this was read, asked for before it was read.

        Refused with the reasons when it fits no more, or would change nothing.
        """
        if self.misfits:
            raise Refused(_("This does not fit the draft any more. %(why)s", why=" ".join(self.misfits)))
        if not self.changes:
            raise Refused(_("The draft stands so already."))
        return Ready(self.changes, last)


def _place(facts: Facts | None) -> tuple[object, ...]:
    return tuple(getattr(facts, name, None) for name in ("day", "starts", "ends", "room_id"))


def beside(event: Event, plan: Plan, asked: Request, outcome: Outcome) -> Beside:
    """Compare. The draft is read once more, as facts."""
    board = acts.stored(event.id)
    if asked.task is Task.SEAT:
        then, changes, misfits, wishes, stale = _seats(event, plan, asked, outcome, board)
    else:
        then, changes, misfits, wishes, stale = _places(plan, asked, outcome, board)
    appeared, vanished = clashes.differing(plan, then)
    if stale and not misfits:
        misfits = tuple(clashes.words(each) for each in appeared if each.kind in HARD)
    codes = {each.code for each in changes}
    return Beside(
        changes=tuple(changes),
        companies=tuple(_companies(plan, then)),
        who=_who(codes, plan, then),
        registered=sum(each.expected for each in plan.problem.sessions if each.id in codes),
        appeared=tuple(map(clashes.words, clashes.shown(plan, appeared))),
        vanished=tuple(map(clashes.words, clashes.shown(plan, vanished))),
        wishes=wishes,
        shares=_shares(plan, then),
        stale=stale,
        misfits=misfits,
    )


def ready(event: Event, asked: Request, outcome: Outcome) -> Ready:
    """What adopting it now would change. Refused as `Beside.ready` does."""
    last = acts.last(event.id)
    return beside(event, plan_of(event), asked, outcome).ready(last)


Compared = tuple[Plan, list[Changed], tuple[str, ...], tuple[Wish, ...], bool]


def _places(plan: Plan, asked: Request, outcome: Outcome, board: Mapping[str, Facts]) -> Compared:
    problem = freezing.problem(plan)
    now = freezing.placings(plan, problem)
    wanted = freezing.differing(asked.plan, outcome.plan)
    stood = {each.session: each for each in asked.plan}
    stands = {each.session: each for each in now}
    misfits = []
    for each in wanted:
        title = plan.titles.get(each.session) or _title(asked, each.session)
        if each.session not in board or each.session not in stands:
            misfits.append(_("“%(title)s” is no longer there to be placed.", title=title))
        elif stands[each.session] not in (stood.get(each.session), each):
            misfits.append(_("Somebody has moved “%(title)s” since.", title=title))
    fitting = [each for each in wanted if each.session in board and each.session in stands]
    then = respanned(overlaid(plan, fitting))
    changes = [each for each in freezing.changes(board, plan, fitting) if each.before != each.after]
    after = freezing.placings(then, problem)
    weighed = (score(problem, each, asked.wishes, asked.reference) for each in (now, after))
    wishes = _wishes(*(each.remarks for each in weighed))
    kept = freezing.discreet(problem)
    stale = asked.problem != replace(kept, grid=asked.problem.grid if asked.problem else kept.grid)
    return then, changes, tuple(misfits), wishes, stale or set(now) != set(asked.plan)


def _title(asked: Request, code: str) -> str:
    found = asked.problem.sessions if asked.problem else ()
    return next((each.title for each in found if each.id == code), code)


def _seats(event: Event, plan: Plan, asked: Request, outcome: Outcome, board: Mapping[str, Facts]) -> Compared:
    wanted = outcome.seating
    if asked.summit is None or wanted is None:
        raise Refused(_("This proposal holds no answer. Ask for a new one."))
    try:
        today = seating.summit(event, plan)
    except Refused as no:
        return plan, [], (no.message,), (), True
    misfits = tuple(_changed(plan, asked.summit, today))
    scales = SummitScales(asked.summit, asked.wishes, asked.seating)
    if misfits:
        return plan, [], misfits, (), True
    now = seating.present(plan, asked.summit)
    wishes = _wishes(scales.score(now).remarks, scales.score(wanted).remarks)
    then = respanned(seating.after(plan, asked.summit, wanted))
    return then, seating.changes(board, event, asked.summit, wanted), (), wishes, today != asked.summit


def _changed(plan: Plan, before: Summit, now: Summit) -> Iterable[str]:
    """What makes the answer one to another question."""
    titles = {each.id: plan.titles.get(each.id, each.id) for each in (*before.meetings, *now.meetings)}
    for code in sorted({each.id for each in before.meetings} ^ {each.id for each in now.meetings}):
        yield _("“%(title)s” came or went since.", title=titles[code])
    if before.slots != now.slots:
        yield _("The times of the sessions are others since.")
    names = {each.id: each.name for each in (*before.cities, *now.cities)}
    for who in sorted({each.id for each in before.cities} ^ {each.id for each in now.cities}):
        yield _("%(city)s came or went since.", city=names[who])


def _wishes(before: Sequence[Remark], after: Sequence[Remark]) -> tuple[Wish, ...]:
    found = []
    for rule in RULES:
        old, new = (tuple(each for each in side if each.rule is rule) for side in (before, after))
        if old or new:
            found.append(Wish(rule, len(old), len(new), new))
    return tuple(found)


def _who(codes: set[str], *plans: Plan) -> tuple[str, ...]:
    """The cities and people of these sessions, by name."""
    there = {
        seat.who for plan in plans for each in plan.problem.sessions if each.id in codes for seat in each.appearances
    }
    names = {each.id: each.name for plan in plans for each in (*plan.problem.cities, *plan.problem.people)}
    return tuple(sorted(names[who] for who in there if who in names))


def _companies(before: Plan, after: Plan) -> Iterable[Company]:
    names = {each.id: each.name for each in (*before.problem.cities, *before.problem.people)}
    old = {each.id: {seat.who for seat in each.appearances} for each in before.problem.sessions}
    for each in after.problem.sessions:
        new = {seat.who for seat in each.appearances}
        come, leave = (
            tuple(sorted(names.get(who, who) for who in side)) for side in (new - old[each.id], old[each.id] - new)
        )
        if come or leave:
            yield Company(each.title, come, leave)


def _shares(before: Plan, after: Plan) -> tuple[Share, ...]:
    """The heaviest afterwards first; only who loses an hour before or after."""
    old, new = dict(afar.burdens(before)), dict(afar.burdens(after))
    names = [*new, *(name for name in old if name not in new)]
    found = [Share(name, old.get(name), new.get(name)) for name in names]
    return tuple(each for each in found if any(one and one.unpleasant for one in (each.before, each.after)))
