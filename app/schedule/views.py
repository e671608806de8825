"""The organisers' board: days, rooms and times, moved by hand, by keyboard or by forms."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.accounts import Role, staff, who
from app.agenda import absences, acts
from app.agenda.absence_forms import AbsenceForm
from app.agenda.acts import Changed, Stale
from app.agenda.facts import Facts
from app.agenda.models import Act
from app.db import write
from app.events.models import Event
from app.events.views import desk, load
from app.planning.clashes import Change, Clashes
from app.planning.model import Placing
from app.refused import Refused
from app.schedule import afar, arranging, cards, clashes, history, plan, redrawn
from app.schedule.forms import BIG, BigForm, ChoiceForm, PlaceForm
from app.schedule.plan import Item, Plan
from app.schedule.words import BIG_WAYS, BIGS, DEEDS, DEEDS_BACK
from app.web import answer, keeps_form, new_key, not_found, undoable
from app.web.wording import day_short, zone_name

bp = Blueprint("schedule", __name__)

JSON = "application/json"


@bp.get("/organise/<event>/schedule")
@staff(Role.ORGANISER)
def board(event: str) -> ResponseReturnValue:
    """All days, all rooms, what waits for a time, and what clashes."""
    summit = load(event)
    now = plan.of(summit)
    form = ChoiceForm(request.args)
    choice = form.prepare(now)
    found = clashes.of(summit.id, now)
    made = cards.cards(now, clashes.by_session(found))
    recent = acts.recent(summit.id)
    return render_template(
        "schedule/board.html",
        form=form,
        choice=choice,
        plan=now,
        days=cards.days(now, made, choice),
        tray=cards.tray(made, choice),
        found=found,
        history=recent.done,
        steps=history.steps(recent.done, recent.touched),
        last=recent.last,
        deeds=DEEDS,
        bigs=BIGS,
        **desk(summit),
    )


@bp.route("/organise/<event>/schedule/sessions/<code>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def place(event: str, code: str) -> ResponseReturnValue:
    """Put one session somewhere. A script is told the cards that changed, a person sees the board again."""
    summit = load(event)
    item, frame = plan.item(summit, code), plan.frame(summit)
    if item is None:
        return _off(code)
    form = PlaceForm(data=_placed(item))
    form.prepare(frame)
    if form.validate_on_submit():
        with form.refusals():
            try:
                target, actor, now = form.target(frame), who(), clock.now()
                act = write(lambda: arranging.place(summit, code, form.seen(), target, who=actor, now=now))
            except Stale as no:
                return _stale(summit, code, form, no)
            return _done(summit, act)
    if request.accept_mimetypes.best == JSON and request.method == "POST":
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return jsonify(said=said), 503 if form.busy else 422
    return _place_page(summit, code, form)


def _off(code: str) -> ResponseReturnValue:
    """What is answered to a board that still shows the card of a session that somebody deleted: it goes."""
    if request.accept_mimetypes.best != JSON:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
    said = _("Somebody took this session off the draft meanwhile.")
    return jsonify(said=said, theirs=_("taken off the draft"), version=0, cards={code: ""}), 409


def _place_page(summit: Event, code: str, form: PlaceForm, theirs: Facts | None = None) -> ResponseReturnValue:
    now = plan.of(summit)
    found = clashes.by_session(clashes.of(summit.id, now)).get(code, ())
    values = {"title": now.titles.get(code, ""), "item": now.items.get(code), "found": found}
    beside = (
        {"differing": form.differing(now, theirs), "by": _by(summit, code)} if theirs else {"differing": [], "by": None}
    )
    return answer("schedule/place.html", form, code=code, **values, **beside, **desk(summit))


def _by(summit: Event, code: str) -> Act | None:
    """The newest act that changed a session."""
    done = acts.history(summit.id)
    return next((act for act in done if any(each["code"] == code for each in act.changes)), None)


def _placed(item: Item) -> dict[str, Any]:
    starts, ends = item.times or (None, None)
    day = item.day.isoformat() if item.day and item.times else ""
    return {"day": day, "starts": starts, "ends": ends, "room": str(item.room or ""), "version": item.version}


def _stale(summit: Event, code: str, form: PlaceForm, no: Stale) -> ResponseReturnValue:
    """Both places side by side; pressing again puts ours in the place of theirs."""
    now = plan.of(summit)
    theirs = no.stored.get(code)
    if request.accept_mimetypes.best == JSON:
        said = {"said": no.message, "theirs": _where(now, theirs), "version": _version(now, code)}
        return jsonify(**said, cards=_html(summit, now, {code})), 409
    form.version.data = _version(now, code)
    form.form_errors.append(no.message)
    page = _place_page(summit, code, form, theirs)
    return (page[0], 409) if isinstance(page, tuple) else page


def _version(now: Plan, code: str) -> int:
    return now.items[code].version if code in now.items else 0


def _where(now: Plan, facts: Facts | None) -> str:
    """ "28 Feb 12:10, Hall A", or that it waits, or is gone."""
    if facts is None:
        return str(_("taken off the draft"))
    if facts.day is None or facts.starts is None:
        return str(_("without a time"))
    room = _rooms(now).get(facts.room_id or 0, _("no room yet"))
    return f"{day_short(facts.day)} {facts.starts:%H:%M}, {room}"


def _rooms(now: Plan) -> dict[int, str]:
    return {each.id: each.name for each in now.rooms}


def _done(summit: Event, act: Act | None, before: Plan | None = None) -> ResponseReturnValue:
    """What an act changed, and what is to be said of it; without `before` it did no more than move sessions."""
    now = plan.of(summit)
    changes = acts.changes_of(act) if act else []
    moved = {each.code for each in changes}
    before = before or redrawn.stood(now, [each.before for each in changes if each.before])
    old, new = clashes.both(summit.id, before, now)
    said = _said(now, act, sum(len(new.get(code, ())) - len(old.get(code, ())) for code in moved))
    if request.accept_mimetypes.best == JSON:
        html = _html(summit, now, moved | clashes.concerned(old, new), new)
        return jsonify(said=said, cards=html, last=acts.last(summit.id), act=act.number if act else None)
    if act is None:
        flash(said, "info")
    elif act.undoes is not None:
        flash(said, "success")
    else:
        undoable(said, url_for("schedule.take_back", event=summit.slug, number=act.number, way="undo"))
    return redirect(url_for("schedule.board", event=summit.slug, _anchor="days"), 303)


def _said(now: Plan, act: Act | None, more: int) -> str:
    if act is None:
        return str(_("It stands there already."))
    changes = acts.changes_of(act)
    facts = changes[0].after or changes[0].before
    said = str(_("“%(title)s”: %(where)s.", title=facts.title if facts else "", where=_where(now, changes[0].after)))
    if act.undoes is not None:
        said = f"{DEEDS_BACK[act.deed]} {said}" if len(changes) == 1 and _elsewhere(changes[0]) else _back_again(act)
    if more > 0:
        said += " " + ngettext("One more thing to look at.", "%(num)s more things to look at.", more)
    if more < 0:
        said += " " + ngettext("One thing less to look at.", "%(num)s things less to look at.", -more)
    return said


def _elsewhere(changed: Changed) -> bool:
    """Whether a session stands in another place than before, or came or went."""
    sides = (changed.before, changed.after)
    before, after = [(each.day, each.starts, each.ends, each.room_id) if each else None for each in sides]
    return before != after


def _back_again(act: Act) -> str:
    """ "Taken back: Session 4, Session 5." """
    titles = arranging.titles(acts.changes_of(act))
    more = " " + str(_("and %(num)s more", num=len(titles) - 3)) if len(titles) > 3 else ""
    return f"{DEEDS_BACK[act.deed]} {', '.join(titles[:3])}{more}."


def _html(summit: Event, now: Plan, codes: Collection[str], found: clashes.Found | None = None) -> dict[str, str]:
    """The cards of these sessions as the board draws them; empty for one that is gone."""
    shown = found if found is not None else clashes.by_session(clashes.of(summit.id, now))
    made = cards.cards(now, shown, codes)
    draw = get_template_attribute("schedule/card.html", "card")
    return {code: str(draw(made[code], summit, now.zone)) if code in made else "" for code in codes}


@bp.get("/organise/<event>/schedule/since/<int(max=2147483647):number>")
@staff(Role.ORGANISER)
def since(event: str, number: int) -> Response:
    """What others did after this act, for a board that stands open."""
    summit = load(event)
    news = acts.since(summit.id, number)
    if not news:
        return jsonify(last=number, cards={}, said="")
    now = plan.of(summit)
    shown = clashes.by_session(clashes.of(summit.id, now))
    latest = news[-1]
    said = _("%(deed)s (%(who)s).", who=latest.who, deed=DEEDS.get(latest.deed, latest.deed))
    return jsonify(last=latest.number, cards=_html(summit, now, _touched(now, shown, news), shown), said=str(said))


def _touched(now: Plan, shown: clashes.Found, news: Iterable[Act]) -> set[str]:
    """The sessions that these acts changed, and those that clash with them now or did where they stood before."""
    stood: dict[str, Facts | None] = {}
    for act in news:
        for each in acts.changes_of(act):
            stood.setdefault(each.code, each.before)
    ended = _asked(now, {code: facts for code, facts in stood.items() if facts}).appeared
    clashing = [*clashes.worth_saying(now, ended), *(each.conflict for code in stood for each in shown.get(code, ()))]
    return stood.keys() | {code for each in clashing for code in each.sessions}


@bp.post("/organise/<event>/schedule/acts/<int(max=2147483647):number>/<any(undo, redo):way>")
@staff(Role.ORGANISER)
def take_back(event: str, number: int, way: str) -> ResponseReturnValue:
    """Take an act back, or do it again."""
    summit, actor, now = load(event), who(), clock.now()
    before = plan.of(summit)
    step = acts.undo if way == "undo" else acts.redo
    try:
        act = write(lambda: step(summit.id, number, who=actor, now=now))
    except Refused as no:
        if request.accept_mimetypes.best == JSON:
            return jsonify(said=no.message), 409 if isinstance(no, Stale) else 422
        flash(no.message, "error")
        return _back(event)
    if request.form.get("from") and request.accept_mimetypes.best != JSON:
        flash(_said(plan.of(summit), act, 0), "success")
        return _back(event)
    return _done(summit, act, before)


def _back(event: str) -> ResponseReturnValue:
    """To the page on which the button stood."""
    page = BOARDS.get(request.form.get("from", ""), "schedule.board")
    return redirect(url_for(page, event=event), 303)


BOARDS = {"cities": "cities.board", "agenda": "agenda.table"}
"""Where one acts on the draft, apart from the board of days and rooms."""


@bp.get("/organise/<event>/schedule/acts")
@staff(Role.ORGANISER)
def acted(event: str) -> Response:
    """What stands beside a board, for one that stands open: the last acts, the steps back and ahead, the clashes."""
    summit = load(event)
    recent, board = acts.recent(summit.id), "cities" if request.args.get("from") == "cities" else ""
    open_ = sum(not each.waived for each in clashes.of(summit.id, plan.of(summit)))
    buttons, listed = (get_template_attribute("schedule/history.html", name) for name in ("buttons", "listed"))
    return jsonify(
        steps=str(buttons(history.steps(recent.done, recent.touched), summit, DEEDS, board)),
        history=str(listed(recent.done, summit, DEEDS, board)),
        clashes=ngettext("%(num)s clash", "%(num)s clashes", open_),
    )


@bp.route(
    "/organise/<event>/schedule/move/<any(later, day, swap, copy, split, fit, delay):kind>", methods=["GET", "POST"]
)
@staff(Role.ORGANISER)
@keeps_form
def big(event: str, kind: str) -> ResponseReturnValue:
    """A move of many: what it would change and what would clash, then the act itself."""
    summit = load(event)
    before = plan.of(summit)
    form = BIG[kind]()
    form.prepare(before)
    changes: list[Changed] = []
    if form.validate_on_submit():
        with form.refusals():
            move = form.move(summit.id)
            if form.seen.data:
                seen, actor, now = form.seen.data, who(), clock.now()
                act = write(lambda: arranging.carry_out(summit, BIGS[kind][0], move, seen, who=actor, now=now))
                return _done(summit, act, before)
            changes, form.seen.data = arranging.preview(summit, move)
    if form.form_errors and not any(field.errors for field in form):
        changes, form.seen.data = _again(summit, form)
    values = {"kind": kind, "words": BIGS[kind], "way": BIG_WAYS[kind], "bigs": BIGS}
    values |= {"changes": changes, "rooms_by_id": _rooms(before)}
    return answer("schedule/big.html", form, **values, **_consequences(before, changes), **desk(summit))


def _again(summit: Event, form: BigForm) -> tuple[list[Changed], str]:
    """What the move would change by now, when it was refused because the draft is another."""
    try:
        return arranging.preview(summit, form.move(summit.id))
    except Refused:
        return [], ""


def _consequences(before: Plan, changes: Iterable[Changed]) -> dict[str, Any]:
    """What would clash that does not now, and the other way round."""
    placed = {each.code: each.after for each in changes if each.after and each.code in before.items}
    change = _asked(before, placed) if placed else Change()
    shown = {kind for kind, word in before.settings.severities.items() if word != "ignore"}
    return {
        side: [clashes.words(each) for each in clashes.worth_saying(before, found) if each.kind in shown]
        for side, found in (("appeared", change.appeared), ("vanished", change.vanished))
    }


def _asked(before: Plan, placed: dict[str, Facts]) -> Change:
    index: Clashes = clashes.index(before)
    return index.after_all([_placing(before, facts) for facts in placed.values() if facts.code in index.placings])


def _placing(before: Plan, facts: Facts) -> Placing:
    day: date | None = facts.day
    start = plan.start_of(before, day, facts.starts) if day and facts.starts else None
    return Placing(facts.code, start, str(facts.room_id) if facts.room_id else None)


@bp.get("/organise/<event>/schedule/hours")
@staff(Role.ORGANISER)
def hours(event: str) -> ResponseReturnValue:
    """The clocks of the cities that join online: their hours by day, when sessions suit them, who bears the burden."""
    summit = load(event)
    now = plan.of(summit)
    burdens = afar.burdens(now)
    return render_template(
        "schedule/hours.html",
        heat=afar.heat(now),
        fits=afar.fits(now),
        burdens=burdens,
        worst=burdens[0][0] if burdens and burdens[0][1].unpleasant else "",
        limits=now.settings.limits,
        **desk(summit),
    )


@bp.route("/organise/<event>/schedule/absences", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def away(event: str) -> ResponseReturnValue:
    """When rooms, people and cities cannot be had."""
    summit = load(event)
    form = AbsenceForm(data={"begins_on": summit.starts_on, "ends_on": summit.starts_on})
    form.prepare(absences.subjects(summit.id), {summit.zone: zone_name(summit.zone)})
    if form.validate_on_submit():
        with form.refusals():
            key, actor, now = form.submit_key.data or new_key(), who(), clock.now()
            write(lambda: absences.add(summit, form.whose.data or "", form.told(), key, who=actor, now=now))
            flash(_("Stored. The board warns of it from now on."), "success")
            return redirect(url_for("schedule.away", event=event), 303)
    return answer("schedule/absences.html", form, lines=absences.listed(summit.id), **desk(summit))


@bp.post("/organise/<event>/schedule/absences/<uid>/remove")
@staff(Role.ORGANISER)
def back(event: str, uid: str) -> ResponseReturnValue:
    """Whoever was away can be had after all."""
    summit, actor, now = load(event), who(), clock.now()
    write(lambda: absences.remove(summit.id, uid, who=actor, now=now))
    return redirect(url_for("schedule.away", event=event), 303)


@bp.record_once
def _teach(state: Any) -> None:
    """Templates that draw cards say clashes in words."""
    state.app.add_template_global(clashes.words, "say_clash")
