"""The pages of a city's office. Whoever has a focal point's secret sees and does what that person may, for that city
alone; opening a page changes nothing, because programs that guard mailboxes open every link."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db, files
from app.agenda import absences
from app.agenda.absence_forms import AbsenceForm
from app.db import once, write
from app.delegations import answering, focal, wishing
from app.delegations.deadlines import limits
from app.delegations.forms import HINTS, ContactForm, ModesForm, ReasonForm, WishesForm
from app.delegations.models import STANDING, FocalPoint
from app.files import File
from app.jobs import Duty, duties
from app.office import service
from app.office.forms import LanguageForm, LetterForm, WithdrawForm
from app.office.people import service as people_service
from app.office.undelivered import undelivered
from app.online.stage import links
from app.outbox.tongues import TONGUES, tongue
from app.registration import changes, replies
from app.registration import modes as city_modes
from app.videos import service as videos
from app.videos.said import sayer
from app.web import (
    absolute,
    answer,
    belongs_to,
    keeps_form,
    kept_by_nobody,
    new_key,
    not_found,
    on_device,
    opens_nothing,
    public,
)
from app.web.reading import speaks
from app.web.wording import zone_name

bp = Blueprint("office", __name__)
bp.after_request(kept_by_nobody)
SECRET = public("the focal point's secret in the address is the permission")
LETTER_MB = 10


@bp.get("/f/<token>/", strict_slashes=False)
@SECRET
@on_device
def page(token: str) -> ResponseReturnValue:
    """Where the delegation stands, what is owed and by when, who its people are, and all that can be done."""
    shown = frame(token)
    delegation = shown["delegation"]
    belongs_to(shown["focal"].uid, home=delegation.event.slug)
    people = service.people(delegation.id)
    return render_template(
        "office/page.html",
        people=people_service.group(delegation, people, shown["limits"], shown["now"]),
        tasks=service.tasks(delegation, shown["limits"], people),
        undelivered=undelivered(delegation.event_id, people, shown["focal_points"]),
        sending=service.sending(delegation, people),
        waits=[replies.line(each) for each in changes.of_city(delegation.id)],
        videos=videos.of_city(delegation.id),
        session_of=sayer(delegation.event),
        wishes=service.wishes(delegation, service.themes(delegation.event)),
        may_answer=service.may_answer(delegation, shown["limits"], shown["now"]),
        register=absolute("registration.register_by_link", event=delegation.event.slug, token=delegation.link),
        address=absolute("office.page", token=token),
        stages=links.links_of(delegation.event, f"city/{delegation.member.slug}"),
        **shown,
    )


@bp.route("/f/<token>/accept", methods=["GET", "POST"])
@SECRET
@keeps_form
def accept(token: str) -> ResponseReturnValue:
    """Accept the invitation, saying in which modes the city takes part."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    form = ModesForm()
    if form.validate_on_submit():
        with form.refusals():
            first = write(lambda: answering.answer_accept(key, form.chosen(), who=who, now=db.now()))
            said = _("Accepted. A letter that says so is on its way to everybody who speaks for your city.")
            flash(said if first else _("Your city had accepted already, so nothing was changed."), _kind(first))
            return _home(token)
    return _form("office/accept.html", form, token, hints=HINTS)


@bp.route("/f/<token>/decline", methods=["GET", "POST"])
@SECRET
@keeps_form
def decline(token: str) -> ResponseReturnValue:
    """Decline the invitation, with a reason."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    form = ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            first = write(lambda: answering.answer_decline(key, form.reason.data, who=who, now=db.now()))
            said = _("Declined. A letter that says so is on its way to everybody who speaks for your city.")
            flash(said if first else _("Your city had declined already, so nothing was changed."), _kind(first))
            return _home(token)
    return _form("office/decline.html", form, token)


@bp.route("/f/<token>/modes", methods=["GET", "POST"])
@SECRET
@keeps_form
def modes(token: str) -> ResponseReturnValue:
    """Take part in other modes; after the deadline, ask the organisers for that."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    if request.method == "GET" and found.delegation.answer not in STANDING:
        return _home(token)
    asked = found.delegation.modes_asked.split()
    form = ModesForm(data={"modes": asked or [each.mode.value for each in found.delegation.modes]})

    if form.validate_on_submit():
        with form.refusals():
            if write(lambda: city_modes.change(key, form.chosen(), who=who, now=db.now())):
                flash(_("Stored: this is how your city takes part."), "success")
            else:
                flash(_("The deadline is past, so the organisers were asked. A letter brings their answer."), "info")
            return _home(token)
    return _form("office/modes.html", form, token, hints=HINTS)


@bp.route("/f/<token>/wishes", methods=["GET", "POST"])
@SECRET
@keeps_form
def wishes(token: str) -> ResponseReturnValue:
    """On which themes the city would speak, the dearest first, and whether it asks to."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    if request.method == "GET" and found.delegation.answer not in STANDING:
        return _home(token)
    form = WishesForm(data=WishesForm.of(*wishing.stored(key)))
    form.prepare(service.themes(found.delegation.event))
    if form.validate_on_submit():
        with form.refusals():
            themes, asks = form.chosen(), bool(form.asks.data)
            new = write(lambda: wishing.tell(key, themes, asks, by_city=True, who=who, now=db.now()))
            flash(_("Stored. The organisers see it.") if new else _("It stands so already."), _kind(new))
            return _home(token)
    return _form("office/wishes.html", form, token)


@bp.route("/f/<token>/focal-points", methods=["GET", "POST"])
@SECRET
@keeps_form
def focal_points(token: str) -> ResponseReturnValue:
    """Those who speak for the city; one more gets a link of their own by letter."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    form = ContactForm(language=tongue(found.language))
    if form.validate_on_submit():
        with form.refusals():
            added = write(lambda: focal.appoint(key, form.contact(), who=who, now=db.now()))
            flash(
                _("%(name)s speaks for your city too. A letter brings them their own link.", name=added.name), "success"
            )
            return redirect(url_for("office.focal_points", token=token), 303)
    return _form("office/focal_points.html", form, token, tongues=TONGUES)


@bp.route("/f/<token>/language", methods=["GET", "POST"])
@SECRET
@keeps_form
def language(token: str) -> ResponseReturnValue:
    """In which language we write to the reader."""
    found = of(token)
    key = found.id
    form = LanguageForm(language=tongue(found.language))
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: focal.speak(key, form.language.data, now=db.now()))
            flash(_("Stored. Letters to you are written in this language from now on."), "success")
            return redirect(url_for("office.focal_points", token=token), 303)
    return _form("office/language.html", form, token)


@bp.route("/f/<token>/hand-over", methods=["GET", "POST"])
@SECRET
@keeps_form
def hand_over(token: str) -> ResponseReturnValue:
    """Another person speaks for the city instead; this link opens nothing afterwards."""
    found = of(token)
    key = found.id
    form = ContactForm(language=tongue(found.language))
    if form.validate_on_submit():
        with form.refusals():
            heir = write(lambda: focal.hand_over(key, form.contact(), now=db.now()))
            delegation = heir.delegation
            return render_template(
                "office/handed_over.html", heir=heir, summit=delegation.event, member=delegation.member
            )
    return _form("office/hand_over.html", form, token)


@bp.route("/f/<token>/letter", methods=["GET", "POST"])
@SECRET
@keeps_form
def letter(token: str) -> ResponseReturnValue:
    """Hand in the letter of authority, or another one in its place."""
    request.max_content_length = (LETTER_MB + 1) * files.MEGABYTE
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    if request.method == "GET" and found.delegation.answer not in STANDING:
        return _home(token)
    form = LetterForm()
    if form.validate_on_submit():
        with form.refusals():
            sent = form.letter.data
            kept = files.keep(sent.read(), sent.filename or "", megabytes=LETTER_MB, field="letter")
            write(lambda: answering.keep_letter(key, kept, who=who, now=db.now()))
            flash(_("The letter is stored. Only you, your colleagues and the organisers can open it."), "success")
            return _home(token)
    return _form("office/letter.html", form, token)


@bp.get("/f/<token>/letter/file")
@SECRET
def letter_file(token: str) -> ResponseReturnValue:
    """The letter of authority as it was handed in."""
    return download(of(token).delegation.letter)


@bp.route("/f/<token>/availability", methods=["GET", "POST"])
@SECRET
@keeps_form
def availability(token: str) -> ResponseReturnValue:
    """When the city's people, or one of them, cannot take part, told by the city's own clocks or the summit's."""
    found = of(token)
    key, who, delegation = found.delegation_id, focal.named(found), found.delegation
    event, home, everybody = delegation.event, delegation.member.zone, f"city:{found.delegation_id}"
    asked = f"delegate:{request.args.get('person', '')}"
    form = AbsenceForm(data={"begins_on": event.starts_on, "ends_on": event.starts_on, "zone": home, "whose": asked})
    whose = {"": {everybody: _("All of us")} | absences.people(key)}
    form.prepare(whose, {zone: zone_name(zone) for zone in dict.fromkeys((home, event.zone))})
    if form.validate_on_submit():
        with form.refusals():
            sent, about, now = form.submit_key.data or new_key(), form.whose.data or everybody, db.now()
            write(lambda: absences.add(event, about, form.told(), sent, who=who, now=now, delegation_id=key))
            flash(_("Stored. The organisers are warned when they plan something then."), "success")
            return redirect(url_for("office.availability", token=token), 303)
    return _form("office/availability.html", form, token, lines=absences.listed(event.id, key))


@bp.post("/f/<token>/availability/<uid>/remove")
@SECRET
def available(token: str, uid: str) -> ResponseReturnValue:
    """Take back a time that was told."""
    found = of(token)
    key, who, event_id, now = found.delegation_id, focal.named(found), found.delegation.event_id, db.now()
    write(lambda: absences.remove(event_id, uid, delegation_id=key, who=who, now=now))
    return redirect(url_for("office.availability", token=token), 303)


@bp.route("/f/<token>/withdraw", methods=["GET", "POST"])
@SECRET
@keeps_form
def withdraw(token: str) -> ResponseReturnValue:
    """Say what withdrawing the whole city ends, and do it when the button is pressed."""
    found = of(token)
    key, who = found.delegation_id, focal.named(found)
    if request.method == "GET" and found.delegation.answer not in STANDING:
        return _home(token)
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.refusals():
            first = write(lambda: answering.withdraw_city(key, form.reason.data, who=who, now=db.now()))
            said = _("Your city has withdrawn. A letter says so to everybody who speaks for it.")
            flash(said if first else _("Your city had withdrawn already, so nothing was changed."), _kind(first))
            return _home(token)
    return _form(
        "office/withdraw.html", form, token, present=service.present(key), sessions=service.sessions(found.delegation)
    )


def of(token: str) -> FocalPoint:
    """The focal point whose page this secret opens; 404 with a way on when it opens none."""
    try:
        found = once(("focal point", token), lambda: focal.by_link(token))
    except LookupError:
        opens_nothing()
        not_found(
            _(
                "This link opens no delegation. If it was handed over to somebody else, or replaced, the newest letter"
                " holds the one that works now; the organisers can send another."
            )
        )
    speaks(found.language)
    belongs_to(found.uid)
    return found


def download(row: File | None) -> Response:
    """A private file, to be kept and not shown; 404 in words when there is none."""
    if row is None:
        not_found(_("No file was handed in."))
    try:
        octets = files.octets(row)
    except FileNotFoundError:
        not_found(_("The file is no longer in the store. Please ask for it again."))
    return send_file(BytesIO(octets), mimetype=row.mimetype, as_attachment=True, download_name=row.name, max_age=0)


def frame(token: str) -> dict[str, Any]:
    """What every page of the office shows."""
    found = of(token)
    delegation = found.delegation
    return {
        "token": token,
        "focal": found,
        "delegation": delegation,
        "member": delegation.member,
        "summit": delegation.event,
        "focal_points": focal.active(delegation),
        "limits": limits(delegation.event_id, delegation.id),
        "stands": delegation.answer in STANDING,
        "now": db.now(),
    }


def _form(template: str, form: Any, token: str, **values: Any) -> ResponseReturnValue:
    return answer(template, form, **frame(token), **values)


def _home(token: str) -> ResponseReturnValue:
    return redirect(url_for("office.page", token=token), 303)


def _kind(first: bool) -> str:
    return "success" if first else "info"


duties.append(
    Duty("lapse", lambda _stop: write(lambda: answering.lapse_due(db.now())), every=timedelta(minutes=1)),
)
duties.append(
    Duty("reminders", lambda _stop: write(lambda: answering.remind_due(db.now())), every=timedelta(minutes=5)),
)
