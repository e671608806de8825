"""The person's pages of what is told in confidence. The link lets one tell; to read takes a code sent by letter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, db
from app.db import write
from app.jobs import Duty, duties
from app.refused import Refused
from app.registration.models import Delegate
from app.registration.opening import is_over
from app.registration.views import delegate_of
from app.travel import codes, rules, service, telling
from app.travel.forms import FORMS, PAYERS, RELATIONS
from app.travel.models import Kind, Logistics, VisaData
from app.travel.opening import AskForm, CodeForm, DeleteForm
from app.travel.service import PARTS, Told
from app.web import answer, keeps_form, kept_by_nobody, not_found, public

bp = Blueprint("travel", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the secret in the address is the permission to tell; reading takes a code as well")
OPEN = timedelta(minutes=15)
"""For how long a code opens what is stored, in the browser where it was typed."""
KINDS = "<any(travel,visa):kind>"
SUGGESTIONS = {"relations": RELATIONS, "payers": PAYERS}


@bp.route(f"/d/<token>/{KINDS}", methods=["GET", "POST"])
@SECRET
@keeps_form
def page(token: str, kind: str) -> ResponseReturnValue:
    """What is told and what is asked; a visa letter is asked for here."""
    delegate, about = delegate_of(token), Kind(kind)
    key, who = delegate.id, delegate.signed
    form = AskForm()
    if about == Kind.VISA and form.validate_on_submit():
        with form.refusals():
            write(lambda: service.ask_letter(key, who=who, now=db.now()))
            return redirect(url_for("travel.part", token=token, kind=kind, part="passport"), 303)
    return answer("travel/page.html", form, **_frame(token, about))


@bp.route(f"/d/<token>/{KINDS}/<any(journey,stay,emergency,company,notes,passport,trip):part>", methods=["GET", "POST"])
@SECRET
@keeps_form
def part(token: str, kind: str, part: str) -> ResponseReturnValue:
    """Tell one part. What is stored shows only where a code has opened it; else it is told anew."""
    delegate, about = delegate_of(token), Kind(kind)
    told = _part_asked(delegate, about, part)
    if told is None:
        return redirect(url_for("travel.page", token=token, kind=kind), 303)
    key, who, event = delegate.id, delegate.signed, delegate.event
    opened = is_open(delegate, told.row(about), about)
    form = FORMS[part](data=FORMS[part].of(told.row(about)) if opened and part in told.stored(about) else None)
    form.prepare(event, clock.local(clock.now(), event.zone).date())
    if form.validate_on_submit():
        with form.refusals():
            values = form.values(event)
            row = write(lambda: service.store(key, part, values, who=who, now=db.now()))
            warn(row, part, event)
            flash(_("Stored."), "success")
            return redirect(url_for("travel.page", token=token, kind=kind), 303)
    return answer("travel/part.html", form, part=part, **SUGGESTIONS, **_frame(token, about))


@bp.route(f"/d/<token>/{KINDS}/code", methods=["GET", "POST"])
@SECRET
@keeps_form
def code(token: str, kind: str) -> ResponseReturnValue:
    """Ask for a code by letter, and type it."""
    delegate, about = delegate_of(token), Kind(kind)
    key, uid = delegate.id, delegate.uid
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            if form.send.data:
                write(lambda: codes.send(key, about, db.now()))
                flash(_("A letter with a code is on its way."), "success")
                return redirect(url_for("travel.code", token=token, kind=kind), 303)
            if not write(lambda: codes.guess(key, uid, about, form.code.data or "", db.now())):
                raise Refused(_("This is not the code, or its ten minutes are over. You can ask for another."), "code")
            _open(delegate, about)
            return redirect(url_for("travel.page", token=token, kind=kind), 303)
    return answer("travel/code.html", form, **_frame(token, about))


@bp.route(f"/d/<token>/{KINDS}/delete", methods=["GET", "POST"])
@SECRET
@keeps_form
def delete(token: str, kind: str) -> ResponseReturnValue:
    """Delete all that was told of one of the two."""
    delegate, about = delegate_of(token), Kind(kind)
    key, who = delegate.id, delegate.signed
    form = DeleteForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: service.forget(key, about, who=who, now=db.now()))
            flash(_("Deleted."), "success")
            return redirect(url_for("mypage.page", token=token), 303)
    return answer("travel/delete.html", form, **_frame(token, about))


def warn(row: service.Row, part: str, event: Any) -> None:
    """Say what looks odd in what was stored."""
    if isinstance(row, Logistics) and part == "journey":
        for sentence in rules.journey_warnings(row.arrives_at, row.departs_at, event):
            flash(sentence, "warning")
    leaves = row.leaves_on or event.ends_on if isinstance(row, VisaData) else event.ends_on
    if isinstance(row, VisaData) and row.expires_on and rules.expires_early(row.expires_on, leaves):
        said = _("The passport expires less than six months after you leave. Many countries do not accept that.")
        flash(said, "warning")


def is_open(delegate: Delegate, row: service.Row | None, kind: Kind) -> bool:
    """Whether a code was typed in this browser a short while ago, and codes still open the row."""
    if row is None or not row.told_from:
        return False
    until = session.get("opened", {}).get(f"{kind}/{delegate.uid}")
    return until is not None and db.now() < datetime.fromisoformat(until)


def _open(delegate: Delegate, kind: Kind) -> None:
    now = db.now()
    still = {key: until for key, until in session.get("opened", {}).items() if now < datetime.fromisoformat(until)}
    session["opened"] = still | {f"{kind}/{delegate.uid}": (now + OPEN).isoformat()}


def _part_asked(delegate: Delegate, kind: Kind, part: str) -> Told | None:
    """What is told so far, where this part can be told; None where it cannot. 404 for a part of the other kind."""
    if part not in PARTS[kind]:
        not_found(_("There is nothing of this name to be told."))
    told = service.told(delegate.id)
    if not service.is_asked(delegate) or (kind == Kind.VISA and told.visa is None):
        return None
    return told


def _frame(token: str, kind: Kind) -> dict[str, Any]:
    """What all these pages show, as stored now."""
    delegate = delegate_of(token)
    told = service.told(delegate.id)
    row, stored = told.row(kind), told.stored(kind)
    opened = is_open(delegate, row, kind)
    return {
        "token": token,
        "kind": kind.value,
        "title": telling.kind_word(kind),
        "delegate": delegate,
        "summit": delegate.event,
        "row": row,
        "stored": stored,
        "opened": opened,
        "parts_told": [
            (name, telling.part_word(name), stored.get(name), telling.summary(row, name)) for name in PARTS[kind]
        ],
        "shown": {name: telling.lines(row, name) for name in stored} if opened and row else {},
        "mailbox": codes.masked(row.told_from) if row else "",
        "asked": service.is_asked(delegate),
        "over": is_over(delegate.event, clock.now()),
        "own_zone": delegate.event.zone,
    }


duties.append(Duty("codes", lambda _stop: write(lambda: codes.sweep(db.now())), every=timedelta(minutes=1)))
duties.append(
    Duty(
        "told in confidence",
        lambda _stop: write(lambda: service.forget_over(clock.now().date(), db.now())),
        every=timedelta(hours=1),
    )
)
