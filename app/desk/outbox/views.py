"""The organisers' pages of the outbox. What letters hold that opens a page is never shown, not even to organisers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.outbox import service
from app.desk.outbox.forms import ActForm, CorrectForm, FilterForm
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Duty, duties
from app.outbox import Message, Rendered, cutting, handling
from app.web import Form, answer, keeps_form, letter_page, not_found

bp = Blueprint("outbox", __name__)
LETTER = "/organise/<event>/outbox/<int(max=2147483647):number>"
ACTS = {"hold": handling.hold, "release": handling.release, "abort": handling.abort, "works": handling.works_again}


@bp.get("/organise/<event>/outbox")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """All letters of the summit, latest first, narrowed by state, kind and whom they are to; and what hinders them."""
    summit = load(event)
    counts, kinds = service.counts(summit.id)
    form = FilterForm(request.args)
    wanted = form.wanted(kinds)
    hold, paused = service.hindrances(summit.id, database.now())
    return render_template(
        "desk/outbox/table.html",
        form=form,
        wanted=wanted,
        found=service.page_of(summit.id, wanted),
        counts=counts,
        hold=hold,
        paused=paused,
        cut=cutting.cut,
        **desk(summit),
    )


@bp.get(LETTER)
@staff(Role.ORGANISER)
def letter(event: str, number: int) -> ResponseReturnValue:
    """One letter: where it stands, what happened to it, what it says without its secrets, and what can be done."""
    summit = load(event)
    return render_template("desk/outbox/letter.html", cut=cutting.cut, **_shown(summit, number), **desk(summit))


@bp.get(f"{LETTER}/letter")
@staff(Role.ORGANISER)
def page(event: str, number: int) -> ResponseReturnValue:
    """The letter as mail programs show it, for a frame in which nothing runs."""
    return letter_page(_words(load(event), number)[1].html)


@bp.get(f"{LETTER}/letter.eml")
@staff(Role.ORGANISER)
def file(event: str, number: int) -> ResponseReturnValue:
    """The letter as a file: as it was sent, but for the secrets in its addresses if it holds any."""
    found, words = _words(load(event), number)
    if found.octets is None:
        not_found(_("This letter is not made yet, so there is no file of it."))
    octets, exact = service.copy(found, words)
    name = f"letter-{number}.eml" if exact else f"letter-{number}-without-secrets.eml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(octets, content_type="message/rfc822", headers=headers)


@bp.route(f"{LETTER}/<any(hold, release, abort, works):act>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def handle(event: str, number: int, act: str) -> ResponseReturnValue:
    """Hold a letter, release it, take it back, or say that its address works again."""
    said = {
        "hold": _("Held: it waits until you release it."),
        "release": _("Released: it goes now."),
        "abort": _("Taken back: it is not sent."),
        "works": _("Letters are sent to this address again."),
    }[act]
    return _act(event, number, ActForm(), act, said, lambda: (number, ACTS[act](number, **_actor())))


@bp.route(f"{LETTER}/resend", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def resend(event: str, number: int) -> ResponseReturnValue:
    """Send the same once more, as a letter of its own."""
    form = ActForm()
    key = form.submit_key.data or ""
    said = _("This is the letter that goes in its place.")
    return _act(event, number, form, "resend", said, lambda: (handling.resend(number, key, **_actor()).id, True))


@bp.route(f"{LETTER}/correct", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def correct(event: str, number: int) -> ResponseReturnValue:
    """Send the same to another address, and if wanted all that follows too."""
    summit = load(event)
    key, form = summit.id, CorrectForm()
    person = service.whose(_shown(summit, number)["shown"].letter)
    if person is None:
        del form.at_person
    wanted = bool(form.at_person and form.at_person.data)

    def do() -> tuple[int, bool]:
        told = {"at_person": wanted} | _actor()
        return service.correct(key, number, form.email.data or "", form.submit_key.data or "", **told).id, True

    said = _("This is the letter that goes to the other address.")
    return _act(event, number, form, "correct", said, do, person=person)


@bp.route("/organise/<event>/outbox/<any(hold, release):act>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def everything(event: str, act: str) -> ResponseReturnValue:
    """Hold all letters of the summit, those to come too, or release them."""
    summit, form = load(event), ActForm()
    key = summit.id
    do = handling.hold_all if act == "hold" else handling.release_all
    if form.validate_on_submit():
        with form.refusals():
            first = write(lambda: do(key, **_actor()))
            said = _("Held: no letter goes before you release them.") if act == "hold" else _("Released: they go now.")
            flash(
                said if first else _("That was done already, so nothing was changed."), "success" if first else "info"
            )
            return redirect(url_for("outbox.table", event=event), 303)
    summit = load(event)
    counts, _kinds = service.counts(summit.id)
    return answer("desk/outbox/all.html", form, act=act, counts=counts, **desk(summit))


def _actor() -> dict[str, Any]:
    return {"who": who(), "now": database.now()}


def _act(
    event: str, number: int, form: Form, act: str, said: str, do: Callable[[], tuple[int, bool]], **more: Any
) -> ResponseReturnValue:
    """One act on one letter: do it and go to the letter that it leads to, or say why not."""
    shown = _shown(load(event), number)
    if form.validate_on_submit():
        with form.refusals():
            to, first = write(do)
            _told(said, first)
            return redirect(url_for("outbox.letter", event=event, number=to), 303)
    if form.is_submitted():
        shown = _shown(load(event), number)
    return answer("desk/outbox/act.html", form, act=act, **shown, **more, **desk(load(event)))


def _told(said: str, first: bool) -> None:
    flash(said if first else _("That was done already, so nothing was changed."), "success" if first else "info")


def _shown(summit: Event, number: int) -> dict[str, Any]:
    try:
        return {"shown": service.shown(summit.id, number)}
    except LookupError:
        not_found(_("This summit has no letter of this number."))


def _words(summit: Event, number: int) -> tuple[Message, Rendered]:
    try:
        return service.words_of(summit.id, number)
    except LookupError:
        not_found(_("What this letter says is not to be read here."))


duties.append(
    Duty(
        "what letters said",
        lambda _stop: write(lambda: service.forget(clock.now().date(), database.now())),
        every=timedelta(hours=1),
    )
)
