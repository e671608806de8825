"""The organisers' pages of video messages: which are expected, where each stands, and what is asked of them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.videos import service
from app.desk.videos.forms import AskForm, ExtendForm, TermsForm, WaiveForm
from app.events.models import Event
from app.events.views import desk, load
from app.refused import Refused
from app.videos import service as videos
from app.videos.expecting import Wanted
from app.videos.models import Purpose
from app.videos.terms import set_terms, terms_of
from app.web import absolute, answer, keeps_form, not_found, undoable

bp = Blueprint("videos_desk", __name__)
ONE = "/organise/<event>/videos/<uid>"


@bp.get("/organise/<event>/videos")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every video that is expected, by when, and what has come."""
    summit = load(event)
    group = request.args.get("stands", "")
    rows, count = service.rows(summit, group)
    return render_template(
        "desk/videos/table.html",
        rows=rows,
        count=count,
        group=group if group in service.GROUPS else "",
        backups=len(videos.without_backup(summit.id)),
        terms=terms_of(summit),
        now=database.now(),
        **desk(summit),
    )


@bp.route("/organise/<event>/videos/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def ask(event: str) -> ResponseReturnValue:
    """Ask a city or a person for a video."""
    summit = load(event)
    zone, owners, titles = summit.zone, service.owners(summit.id), service.sessions(summit.id)
    form = AskForm()
    form.prepare({key: name for key, (name, _owner) in owners.items()}, titles)
    if form.validate_on_submit():
        with form.refusals():
            due, (name, owner), code = form.due(zone), owners[form.whose.data], form.session.data or ""
            want = Wanted(owner, code, Purpose(form.purpose.data), titles.get(code, ""))
            actor = who()
            made = write(lambda: videos.ask(summit, want, due, who=actor, now=database.now()))
            said = _("Asked: a letter goes to those who answer for %(name)s.", name=name)
            by_hand = _("Asked. No office answers for %(name)s, so hand over the link below yourself.", name=name)
            flash(by_hand if owner.person_id else said, "success")
            return redirect(url_for("videos_desk.one", event=event, uid=made.uid), 303)
    return answer("desk/videos/ask.html", form, **desk(load(event)))


@bp.post("/organise/<event>/videos/backups")
@staff(Role.ORGANISER)
def backups(event: str) -> ResponseReturnValue:
    """Ask all who speak online for a video in case their line breaks."""
    summit, actor = load(event), who()
    made = write(lambda: videos.ask_backups(summit, who=actor, now=database.now()))
    said = ngettext("Asked for one backup.", "Asked for %(num)s backups.", len(made))
    flash(said if made else _("Everybody who speaks online was asked already."), "success" if made else "info")
    return redirect(url_for("videos_desk.table", event=event), 303)


@bp.route("/organise/<event>/videos/terms", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def terms(event: str) -> ResponseReturnValue:
    """By when videos are due, and how long and large they may be."""
    summit = load(event)
    zone = summit.zone
    form = TermsForm(data=TermsForm.of(terms_of(summit), zone))
    if form.validate_on_submit():
        with form.refusals():
            wanted, actor = form.terms(zone), who()
            new = write(lambda: set_terms(summit, wanted, who=actor, now=database.now()))
            flash(_("Stored.") if new else _("It stands so already."), "success" if new else "info")
            return redirect(url_for("videos_desk.table", event=event), 303)
    return answer("desk/videos/terms.html", form, **desk(load(event)))


@bp.get(ONE)
@staff(Role.ORGANISER)
def one(event: str, uid: str) -> ResponseReturnValue:
    """One video: what was told of it, its versions, and what organisers can do."""
    summit = load(event)
    row = _row(summit, uid)
    link = "" if row.message.delegation else absolute("video.page", token=row.message.link)
    return render_template(
        "desk/videos/one.html",
        row=row,
        link=link,
        lacking=videos.lacks(row.message),
        now=database.now(),
        **desk(summit),
    )


@bp.route(f"{ONE}/extend", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def extend(event: str, uid: str) -> ResponseReturnValue:
    """Give longer for one video."""
    summit = load(event)
    zone, key = summit.zone, _row(summit, uid).message.id
    form = ExtendForm()
    if form.validate_on_submit():
        with form.refusals():
            until, reason, actor = form.until(zone), form.reason.data, who()
            new = write(lambda: videos.extend(key, until, reason, who=actor, now=database.now()))
            said = _("More time is given. A letter tells those who owe the video.")
            flash(said if new else _("It stands so already."), "success" if new else "info")
            return redirect(url_for("videos_desk.one", event=event, uid=uid), 303)
    summit = load(event)
    return answer("desk/videos/extend.html", form, row=_row(summit, uid), **desk(summit))


@bp.route(f"{ONE}/waive", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def waive(event: str, uid: str) -> ResponseReturnValue:
    """Do without one video."""
    summit = load(event)
    key = _row(summit, uid).message.id
    form = WaiveForm()
    if form.validate_on_submit():
        with form.refusals():
            reason, actor = form.reason.data, who()
            write(lambda: videos.waive(key, reason, who=actor, now=database.now()))
            back = url_for("videos_desk.change", event=event, uid=uid, act="again")
            undoable(_("Nobody is asked for this video any more."), back, label=_("Expect it again"))
            return redirect(url_for("videos_desk.one", event=event, uid=uid), 303)
    summit = load(event)
    return answer("desk/videos/waive.html", form, row=_row(summit, uid), **desk(summit))


@bp.post(f"{ONE}/<any(again,withdraw):act>")
@staff(Role.ORGANISER)
def change(event: str, uid: str, act: str) -> ResponseReturnValue:
    """Expect a video again, or no longer ask for one that was asked for by hand."""
    summit, actor = load(event), who()
    key = _row(summit, uid).message.id
    do = videos.again if act == "again" else videos.withdraw
    try:
        write(lambda: do(key, who=actor, now=database.now()))
        if act == "again":
            flash(_("Expected again."), "success")
        else:
            back = url_for("videos_desk.change", event=event, uid=uid, act="again")
            undoable(_("No longer asked for."), back, label=_("Expect it again"))
    except Refused as no:
        flash(no.message, "error")
    return redirect(url_for("videos_desk.one", event=event, uid=uid), 303)


@bp.post(f"{ONE}/link")
@staff(Role.ORGANISER)
def renew(event: str, uid: str) -> ResponseReturnValue:
    """Replace the link of its page, which a person and the contact have; pressed twice it is done once."""
    summit, actor = load(event), who()
    key, seen = _row(summit, uid).message.id, request.form.get("generation", "")
    generation = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    write(lambda: videos.renew_link(key, generation, who=actor, now=database.now()))
    flash(_("The link is replaced: the old one opens nothing any more."), "success")
    return redirect(url_for("videos_desk.one", event=event, uid=uid), 303)


def _row(summit: Event, uid: str) -> service.Row:
    """One of this event's messages; 404 in words for any other."""
    try:
        return service.one(summit, uid)
    except LookupError:
        not_found(_("This summit expects no such video."))
