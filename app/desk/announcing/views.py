"""The organisers' pages of announcements: what goes, to exactly whom, how it reads, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.announcing import letters, service
from app.announcing.criteria import in_words
from app.announcing.crowd import Crowd, Recipient, Round, quiet_hours
from app.announcing.models import Announcement
from app.db import write
from app.desk.announcing.forms import ActForm, QuietForm, SendForm, WrittenForm, form_of, values_of
from app.desk.outbox.service import GROUPS
from app.events.models import Event
from app.events.views import desk, load
from app.outbox import State
from app.outbox.openings import SUBJECT, TEXT, Opening, Wording, openings
from app.outbox.own import own_words
from app.outbox.tongues import TONGUES
from app.web import answer, keeps_form, letter_page, not_found

bp = Blueprint("announcements", __name__)
KEY = "announcement/"


@bp.get("/organise/<event>/announcements")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Drafts, and what went, with what became of its letters."""
    summit = load(event)
    return render_template(
        "desk/announcing/table.html",
        rows=service.drafts_and_sent(summit.id),
        fates=grouped(service.fates(summit.id, letters.ANNOUNCEMENT, len(KEY))),
        quiet=quiet_hours(summit.id),
        key=KEY,
        **desk(summit),
    )


def grouped(fates: dict[str, dict[State, int]]) -> dict[str, dict[str, int]]:
    """How many letters stand where, by uid, in the groups of the outbox; those of nobody are left out."""
    return {
        uid: {group: sum(states.get(each, 0) for each in members) for group, members in GROUPS.items()}
        for uid, states in fates.items()
    }


@bp.route("/organise/<event>/announcements/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def new(event: str) -> ResponseReturnValue:
    """Write one."""
    summit = load(event)
    form = form_of(WrittenForm, summit, **values_of(beginnings(summit, letters.ANNOUNCEMENT), "en", {}, 0))
    return _write(event, "", form)


@bp.route("/organise/<event>/announcements/<uid>/edit", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def edit(event: str, uid: str) -> ResponseReturnValue:
    """Write on at a draft."""
    summit = load(event)
    row = _one(summit, uid)
    if row.sent_at is not None:
        return redirect(url_for("announcements.look", event=event, uid=uid), 303)
    form = form_of(WrittenForm, summit, **values_of(row.words, row.fallback, row.asked, row.version))
    return _write(event, uid, form)


def _write(event: str, uid: str, form: Any) -> ResponseReturnValue:
    if form.validate_on_submit():
        with form.refusals():
            given, seen, key, actor = form.written(), form.version(), form.submit_key.data or "", who()
            row = write(lambda: service.write_down(load(event), uid, given, seen, key, who=actor, now=database.now()))
            return redirect(url_for("announcements.look", event=event, uid=row.uid), 303)
    opening = openings[letters.OPENINGS[letters.ANNOUNCEMENT]]
    return answer("desk/announcing/write.html", form, uid=uid, **frame(opening), **desk(load(event)))


def beginnings(summit: Event, kind: str) -> dict[str, Wording]:
    """With what one begins to write, in English: the organisers' own words for such letters, or the shipped."""
    with force_locale("en"):
        shipped = letters.shipped(kind)
    return {"en": own_words(summit.id, "en").get(letters.OPENINGS[kind], shipped)}


def frame(opening: Opening) -> dict[str, Any]:
    """What a page on which one writes tells besides its form."""
    return {"opening": opening, "tongues": TONGUES, "limits": {"subject": SUBJECT, "text": TEXT}}


@bp.route("/organise/<event>/announcements/<uid>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def look(event: str, uid: str) -> ResponseReturnValue:
    """The exact list, the letter as any of them gets it, and the button that sends it to exactly these."""
    summit, form = load(event), SendForm()
    row = _one(summit, uid)
    if form.validate_on_submit():
        with form.refusals():
            seen, actor = form.seen(), who()
            first = write(lambda: service.send(load(event), uid, seen, who=actor, now=database.now()))
            _told(first)
            return redirect(url_for("announcements.look", event=event, uid=uid), 303)
    summit = load(event)
    row = _one(summit, uid)
    if row.sent_at is not None:
        fates = grouped(service.fates(summit.id, letters.ANNOUNCEMENT, len(KEY))).get(uid, {})
        told = {"row": row, "fates": fates, "asked": in_words(summit, row.asked), "tongues": TONGUES, "key": KEY}
        return render_template("desk/announcing/sent.html", **told, **desk(summit))
    found = service.list_of(Crowd(summit, database.now()), row)
    form.version.data, form.marks.data = str(row.version), " ".join(each.mark for each in found.going)
    seen_as = chosen(found)
    return answer(
        "desk/announcing/look.html",
        form,
        row=row,
        found=found,
        now=database.now(),
        seen_as=seen_as,
        letter=service.letter_to(summit, row, seen_as) if seen_as else None,
        asked=in_words(summit, row.asked),
        tongues=TONGUES,
        **desk(summit),
    )


def _told(first: bool) -> None:
    if first:
        flash(_("Sent. Whom it would find in their quiet hours get it when these end."), "success")
    else:
        flash(_("This was sent already, once. Nothing was sent again."), "info")


def chosen(found: Round) -> Recipient | None:
    """As whom the letter is to be shown: who is asked for, or whoever comes first."""
    asked = request.args.get("as", "")
    first = found.going[0] if found.going else None
    return next((each for each in found.going if each.one.uid == asked), first)


@bp.get("/organise/<event>/announcements/<uid>/letter")
@staff(Role.ORGANISER)
def letter(event: str, uid: str) -> ResponseReturnValue:
    """The letter as its reader's mail program shows it, for a frame in which nothing runs."""
    summit = load(event)
    row = _one(summit, uid)
    to = chosen(service.list_of(Crowd(summit, database.now()), row))
    if to is None:
        not_found(_("Nobody would get this letter."))
    return letter_page(service.letter_to(summit, row, to).html)


@bp.route("/organise/<event>/announcements/<uid>/delete", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delete(event: str, uid: str) -> ResponseReturnValue:
    """Throw a draft away."""
    summit, form = load(event), ActForm()
    row = _one(summit, uid)
    if form.validate_on_submit():
        with form.refusals():
            actor = who()
            write(lambda: service.throw_away(load(event), uid, who=actor, now=database.now()))
            flash(_("The draft is thrown away. Nothing was sent."), "success")
            return redirect(url_for("announcements.table", event=event), 303)
    return answer("desk/announcing/delete.html", form, row=row, room="announcements", **desk(load(event)))


@bp.route("/organise/<event>/announcements/quiet-hours", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def quiet(event: str) -> ResponseReturnValue:
    """When nothing of this arrives, on the reader's own clocks."""
    summit = load(event)
    hours = quiet_hours(summit.id)
    form = QuietForm(begins=hours.begins, ends=hours.ends)
    if form.validate_on_submit():
        with form.refusals():
            told, actor = (form.begins.data, form.ends.data), who()
            write(lambda: service.set_quiet_hours(load(event), *told, who=actor, now=database.now()))
            flash(_("Stored. It holds for what is sent from now on."), "success")
            return redirect(url_for("announcements.table", event=event), 303)
    return answer("desk/announcing/quiet.html", form, **desk(load(event)))


def _one(summit: Event, uid: str) -> Announcement:
    try:
        return service.one(summit.id, uid)
    except LookupError:
        not_found(_("This summit has no such announcement. It may have been thrown away."))
