"""The second board: cities in sessions, their order, and the running sheet of one session."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, flash, get_template_attribute, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app import clock
from app.accounts import Role, staff, who
from app.agenda import acts
from app.agenda.acts import Stale
from app.agenda.facts import Facts, videos_of
from app.agenda.models import Act, Order
from app.db import write
from app.delegations import wishing
from app.delegations.forms import WishesForm
from app.events.models import Event
from app.events.views import desk, load
from app.planning.sheet import PER_CITY, sheet
from app.refused import Refused
from app.schedule import cards, clashes, history, plan
from app.schedule.cards import Card
from app.schedule.cities import merging, service
from app.schedule.cities.forms import ORDERS, MoveForm, RuleForm, TurnForm, TurnsForm, number
from app.schedule.plan import Plan
from app.schedule.words import DEEDS
from app.web import answer, keeps_form, not_found, undoable

bp = Blueprint("cities", __name__)

JSON = "application/json"
WITHOUT = frozenset({"break", "meal", "visit", "social", "press", "internal"})
"""Kinds of sessions in which cities do not appear one by one; shown only when some do."""


@bp.get("/organise/<event>/schedule/cities")
@staff(Role.ORGANISER)
def board(event: str) -> ResponseReturnValue:
    """Every session with its cities in order, and the cities that are in none."""
    summit = load(event)
    now = plan.of(summit)
    made = cards.cards(now, clashes.by_session(clashes.of(summit.id, now)))
    recent = acts.recent(summit.id)
    return render_template(
        "schedule/cities/board.html",
        columns=_columns(now, made.values()),
        idle=cards.idle(now),
        history=recent.done,
        steps=history.steps(recent.done, recent.touched),
        deeds=DEEDS,
        last=recent.last,
        **desk(summit),
    )


def _columns(now: Plan, made: Iterable[Card]) -> list[tuple[date | None, list[Card]]]:
    """The sessions by day, those without a day last."""
    rows = [
        each
        for each in made
        if not each.holds and not each.item.cancelled and (each.cities or each.item.kind.value not in WITHOUT)
    ]
    rows.sort(key=lambda each: (each.begins is None, each.begins or 0, each.item.position))
    days = [(day, [each for each in rows if each.item.day == day]) for day in (*now.days, None)]
    return [(day, there) for day, there in days if there]


@bp.route("/organise/<event>/schedule/cities/<slug>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def move(event: str, slug: str) -> ResponseReturnValue:
    """Put a city into a session, into another, or out of one."""
    summit = load(event)
    before = plan.of(summit)
    city = next((each for each in before.problem.cities if each.id == f"city:{slug}"), None)
    if city is None:
        not_found(_("No city of this name takes part in the summit."))
    source = request.args.get("from", "")
    titles = {code: before.titles[code] for code, item in before.items.items() if not item.cancelled}
    form = MoveForm(data={"target": source, "versions": _versions(before)})
    form.prepare(titles)
    stale = False
    if form.validate_on_submit():
        with form.refusals():
            try:
                return _moved(summit, before, slug, source, form)
            except Stale as no:
                stale, form.versions.data = True, _versions(plan.of(summit))
                form.form_errors.append(no.message)
    if request.accept_mimetypes.best == JSON and request.method == "POST":
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
        again = _redrawn(summit, {source, form.target.data or ""})
        return jsonify(said=said, **again), 503 if form.busy else 409 if stale else 422
    now = plan.of(summit) if stale else before
    values = {"city": city, "source": titles.get(source, ""), "now_in": _holding(now, city.id), "stale": stale}
    page = answer(
        "schedule/cities/move.html", form, origin=source, typed=_typed(form, titles), **values, **desk(summit)
    )
    return (page[0], 409) if stale else page


def _holding(now: Plan, who: str) -> list[tuple[str, str, list[str]]]:
    """The sessions in which a city appears: code, title, and all of their cities in order."""
    names = {each.id: each.name for each in now.problem.cities}
    found = []
    for each in now.problem.sessions:
        seats = [seat.who for seat in each.appearances if seat.who in names]
        if who in seats:
            found.append((each.id, each.title, [names[key] for key in seats]))
    return found


def _typed(form: MoveForm, titles: dict[str, str]) -> str:
    """Where the form would put the city: "Session 4, place 2"."""
    title = titles.get(form.target.data or "", "") or _("in no session")
    return _("%(session)s, place %(place)s", session=title, place=form.place.data) if form.place.data else title


@bp.get("/organise/<event>/schedule/wishes")
@staff(Role.ORGANISER)
def asked(event: str) -> ResponseReturnValue:
    """On which themes each city would speak, and which ask to."""
    summit = load(event)
    return render_template("schedule/cities/wishes.html", rows=wishing.listed(summit.id), **desk(summit))


@bp.route("/organise/<event>/schedule/wishes/<slug>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def ask(event: str, slug: str) -> ResponseReturnValue:
    """Tell it for one city, which told it by another way."""
    summit = load(event)
    city = next((each for each in service.cities(summit).values() if each.slug == slug), None)
    if city is None:
        not_found(_("No city of this name takes part in the summit."))
    key = city.delegation_id
    form = WishesForm(data=WishesForm.of(*wishing.stored(key)))
    form.prepare(wishing.themes_of(summit.id))
    if form.validate_on_submit():
        with form.refusals():
            themes, asks, actor, now = form.chosen(), bool(form.asks.data), who(), clock.now()
            new = write(lambda: wishing.tell(key, themes, asks, by_city=False, who=actor, now=now))
            flash(_("Stored.") if new else _("It stands so already."), "success" if new else "info")
            return redirect(url_for("cities.asked", event=event), 303)
    return answer("schedule/cities/wish.html", form, city=city, **desk(summit))


def _versions(now: Plan) -> str:
    return " ".join(f"{code}:{item.version}" for code, item in now.items.items())


def _moved(summit: Event, before: Plan, slug: str, source: str, form: MoveForm) -> ResponseReturnValue:
    target, place, seen = form.target.data or "", (form.place.data or 1000) - 1, form.seen()
    actor, now = who(), clock.now()
    act = write(lambda: service.move(summit, slug, source, target, place, seen, who=actor, now=now))
    name = next(each.name for each in before.problem.cities if each.id == f"city:{slug}")
    where = before.titles.get(target, "") or _("in no session")
    said = _("%(city)s: %(where)s.", city=name, where=where)
    if request.accept_mimetypes.best == JSON:
        return jsonify(said=said, act=act.number if act else None, **_redrawn(summit, {source, target}))
    _tell(summit.slug, said, act)
    return redirect(url_for("cities.board", event=summit.slug), 303)


def _tell(event: str, said: str, act: Act | None) -> None:
    """Say what was done, with the button that takes it back; without an act, that it stands so already."""
    if act is None:
        flash(said, "info")
    else:
        back = url_for("schedule.take_back", event=event, number=act.number, way="undo")
        undoable(said, back, hidden={"from": "cities"})


def _redrawn(summit: Event, codes: set[str]) -> dict[str, Any]:
    """The columns of these sessions as the board draws them, and the tray."""
    now = plan.of(summit)
    made = cards.cards(now, clashes.by_session(clashes.of(summit.id, now)), codes)
    draw = get_template_attribute("schedule/cities/column.html", "column")
    tray = get_template_attribute("schedule/cities/column.html", "tray")
    columns = {code: str(draw(each, summit)) for code, each in made.items()}
    return {"columns": columns, "tray": str(tray(cards.idle(now), summit)), "last": acts.last(summit.id)}


@bp.post("/organise/<event>/schedule/sessions/<code>/video")
@staff(Role.ORGANISER)
def video(event: str, code: str) -> ResponseReturnValue:
    """Let a city for which no hour is bearable appear by video message."""
    summit, slug, seen = load(event), request.form.get("city", "")[:120], number(request.form.get("version"))
    facts, _version = _session(summit, code)
    actor, now = who(), clock.now()
    try:
        act = write(lambda: service.by_video(summit, code, slug, seen, who=actor, now=now))
    except Refused as no:
        flash(no.message, "error")
    else:
        said = _("It appears by video message in “%(title)s” now.", title=facts.title)
        _tell(event, said if act else _("It stands so already."), act)
    return redirect(url_for("schedule.hours", event=event, _anchor=f"fit-{code}"), 303)


@bp.route("/organise/<event>/schedule/sessions/<code>/order", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def turns(event: str, code: str) -> ResponseReturnValue:
    """Who speaks when, for how long: the running sheet of a session, and the forms that change it."""
    summit = load(event)
    facts, version = _session(summit, code)
    people = service.speakers(summit.id, {each.delegation_id for each in facts.seats if each.delegation_id})
    form = TurnsForm(data=TurnsForm.of(facts, version, people, videos_of(summit.id)) | {"opened": acts.last(summit.id)})
    form.take_stored()
    form.prepare(facts, people)
    merged: dict[str, Any] = {"differing": [], "by": None}
    if form.validate_on_submit():
        with form.refusals():
            try:
                given, each, seen, actor, now = form.given(), form.each.data, form.seen(), who(), clock.now()
                act = write(lambda: service.set_turns(summit, code, given, each, seen, who=actor, now=now))
                return _ordered(event, code, act)
            except Stale as no:
                form, merged = _merged(summit, code, form, no)
    rule = RuleForm(formdata=None, data={"rule": facts.order_rule.value, "seed": facts.order_seed, "version": version})
    page = answer(
        "schedule/cities/order.html", form, rule=rule, **merged, **_shown(summit, code, facts), **desk(summit)
    )
    return (page[0], 409) if form.stale else page


def _merged(summit: Event, code: str, form: TurnsForm, no: Stale) -> tuple[TurnsForm, dict[str, Any]]:
    """The form over what is stored by now, with what was typed, and what differs between the two, and by whom."""
    facts, version = _session(summit, code)
    opened, by = acts.opened(summit.id, code, form.since())
    base = opened or facts
    people = service.speakers(summit.id, {each.delegation_id for each in facts.seats if each.delegation_id})
    seats = {each.same: each for each in (*base.seats, *facts.seats)}
    called = dict(zip(seats, service.called(summit.id, list(seats.values())), strict=True))
    labels = {"each": form.each.label.text, **{each.name: each.label.text for each in TurnForm()}}
    both = merging.merge(base, facts, form.given(), form.each.data, called, people, labels)
    values = {"each": form.each.data, "version": version, "opened": acts.last(summit.id), "turns": both.lines}
    again = TurnsForm(formdata=None, data=values)
    again.prepare(facts, people)
    again.stale = True
    again.form_errors.append(no.message)
    return again, {"differing": both.differing, "by": by}


@bp.route("/organise/<event>/schedule/sessions/<code>/rule", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def rule(event: str, code: str) -> ResponseReturnValue:
    """Put the cities of a session in the order of a rule."""
    summit = load(event)
    facts, version = _session(summit, code)
    form = RuleForm(data={"rule": facts.order_rule.value, "seed": facts.order_seed, "version": version})
    stale = False
    if form.validate_on_submit():
        with form.refusals():
            try:
                chosen, seed = Order(form.rule.data), form.seed.data
                if chosen == Order.DRAW and seed is None:
                    seed = secrets.randbelow(1_000_000)
                seen, language, actor, now = form.seen(), str(get_locale() or "en"), who(), clock.now()
                act = write(lambda: service.arrange(summit, code, chosen, seed, seen, language, who=actor, now=now))
                return _ordered(event, code, act)
            except Stale as no:
                stale, form.version.data = True, version
                form.form_errors.append(no.message)
    theirs = service.called(summit.id, facts.seats) if stale else []
    values = {"facts": facts, "code": code, "theirs": theirs, "order_word": ORDERS[facts.order_rule]}
    page = answer("schedule/cities/rule.html", form, **values, **desk(summit))
    return (page[0], 409) if stale else page


def _ordered(event: str, code: str, act: Act | None) -> ResponseReturnValue:
    _tell(event, _("Stored. The public reads it once it is published.") if act else _("It stands so already."), act)
    return redirect(url_for("cities.turns", event=event, code=code), 303)


def _session(summit: Event, code: str) -> tuple[Facts, int]:
    found = acts.rows(summit.id, {code}).get(code) if code.isprintable() else None
    if found is None:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
    return found[1], found[0].version


def _shown(summit: Event, code: str, facts: Facts) -> dict[str, Any]:
    """The running sheet and the names in it."""
    now = plan.of(summit)
    names = {each.id: each for each in (*now.problem.cities, *now.problem.people)}
    session = next((each for each in now.problem.sessions if each.id == code), None)
    start = next((each.start for each in now.placings if each.session == code), None)
    lines = None
    if session is not None and start is not None:
        zones = {each.id: each.zone for each in now.problem.cities}
        each = facts.minutes_each or PER_CITY
        lines = sheet(start, session.length, session.appearances, zones, each=each, limits=now.settings.limits)
    return {
        "facts": facts,
        "code": code,
        "sheet": lines,
        "names": names,
        "called": service.called(summit.id, facts.seats),
        "order_word": ORDERS[facts.order_rule],
    }
