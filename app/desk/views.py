"""The organisers' desk: their events, the people of one, and publishing it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import clock
from app import db as database
from app.accounts import Role, fresh, held, staff, staff_home, who
from app.agenda import acts, draft
from app.db import write
from app.desk import service
from app.desk.forms import DeleteForm, FilterForm, PublishForm
from app.desk.overview import views as overview
from app.desk.releases.service import letters_of
from app.events.models import Event
from app.events.views import desk, load
from app.office.undelivered import undelivered
from app.profiles import service as profiles
from app.publishing import checks, planned
from app.publishing import service as publishing
from app.publishing.digests.letters import on_their_way
from app.publishing.models import Release
from app.publishing.service import Preview
from app.publishing.wording import summary, tell
from app.refused import Refused
from app.registration import changes, replies
from app.registration.models import State
from app.registration.naming import word
from app.registration.news import role_word
from app.web import answer, keeps_form, not_found, reader, undoable

bp = Blueprint("desk", __name__)


@bp.get("/organise/")
@staff_home()
def home() -> ResponseReturnValue:
    """The events that one may run, or has a task at."""
    events = service.events_of(current_user.id)
    return render_template("desk/home.html", events=events, **overview.of_home(), **desk(None))


@bp.get("/organise/<event>/")
@staff(*Role)
def event(event: str) -> ResponseReturnValue:
    """How the event stands, for its organisers; others are led to the first of the pages that they may open."""
    summit = load(event)
    if Role.ORGANISER in held():
        return overview.of_organiser(summit, database.now())
    return overview.of_helper(summit)


@bp.get("/organise/<event>/delegations")
@staff(Role.ORGANISER)
def delegations(event: str) -> ResponseReturnValue:
    """Where codes and links stood; they are on each city's page now, and the cities on the board."""
    return redirect(url_for("board.table", event=event), 301)


@bp.get("/organise/<event>/registrations")
@staff(Role.ORGANISER)
def registrations(event: str) -> ResponseReturnValue:
    """Everybody who was nominated or registered, a hundred at a time; narrowed by name, mode, state and city."""
    summit = load(event)
    form = FilterForm(request.args)
    form.prepare({each.slug: each.name for each in service.cities(summit.id)})
    wanted = form.wanted()
    found = service.registrations(summit.id, wanted)
    states = {each: word(each).capitalize() for each in State}
    return render_template(
        "desk/registrations.html", form=form, wanted=wanted, found=found, states=states, **desk(summit)
    )


@bp.get("/organise/<event>/registrations/<reference>")
@staff(Role.ORGANISER)
def registration(event: str, reference: str) -> ResponseReturnValue:
    """One delegate, and what the journal holds; what was told in confidence stands with those who look after it."""
    summit = load(event)
    try:
        found = service.delegate(summit.id, reference)
    except LookupError:
        not_found(_("Nobody at this summit has this reference."))
    notes, profile = service.journal_of(found), profiles.profile_of(found.id)
    return render_template(
        "desk/registration.html",
        delegate=found,
        state=word(found.state),
        role=role_word(found.role),
        waits=[replies.line(each) for each in changes.of_person(found.id)],
        notes=notes,
        profile=profile,
        in_lists=profiles.in_lists(found, profile) if profile else "",
        consents=profiles.consents_of(found.id),
        held=held(),
        undelivered=undelivered(summit.id, [found], []),
        **desk(summit),
    )


@bp.route("/organise/<event>/agenda/<code>/delete", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delete(event: str, code: str) -> ResponseReturnValue:
    """Take a session off the draft, which only one that was never published may be."""
    summit = load(event)
    try:
        session = draft.by_code(summit.id, code)
    except LookupError:
        not_found(_("No session of this name is in the draft. It may have been deleted."))
    form = DeleteForm()
    if form.validate_on_submit():
        with form.refusals():
            actor, now = who(), clock.now()
            key = summit.id
            title, act = write(lambda: (service.delete_session(key, code, who=actor, now=now), acts.last(key)))
            back = url_for("schedule.take_back", event=event, number=act, way="undo")
            said = _("“%(title)s” was deleted from the draft.", title=title)
            undoable(said, back, label=_("Bring it back"), hidden={"from": "agenda"})
            return redirect(url_for("agenda.table", event=event), 303)
    published = service.was_published(summit, code)
    return answer("desk/delete.html", form, session=session, published=published, **desk(summit))


@bp.route("/organise/<event>/publish", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def publish(event: str) -> ResponseReturnValue:
    """What publishing would change, and the button that does it."""
    summit = load(event)
    form = PublishForm()
    if form.validate_on_submit():
        with form.refusals():
            given, seen, actor, now = form.said(), form.seen.data or "", who(), clock.now()
            made = write(lambda: publishing.publish(summit.id, who=actor, now=now, seen=seen, **given))
            flash(_published(made), "success")
            return redirect(url_for("desk.publish", event=event), 303)
    shown, obstacle = _preview(summit)
    form.seen.data = shown.seen if shown else ""
    told = service.calendar(shown) if shown else []
    found = shown.differences if shown else ()
    letters = letters_of(summit, shown.step, request.args.get("as", "")) if shown else None
    return answer(
        "desk/publish.html",
        form,
        shown=shown,
        obstacle=obstacle,
        told=told,
        letters=letters,
        changes=tell(found, summit.zone, reader().zone or ""),
        sum=summary(found),
        checks=checks.check(summit.id) if shown else [],
        planned=planned.newest(summit.id),
        releases=service.releases(summit.id),
        under_way=on_their_way(summit, summit.release),
        now=clock.now(),
        **desk(summit),
    )


def _published(made: Release) -> str:
    """What has happened, and who is told."""
    said = _("Release %(number)s is published. Pages and calendars follow at once.", number=made.number)
    if made.minor:
        return f"{said} {_('It is a minor change, so no letters go.')}"
    sent = ngettext("One letter is on its way.", "%(num)s letters are on their way.", made.letters)
    return f"{said} {sent}" if made.letters else str(said)


def _preview(event: Event) -> tuple[Preview | None, str]:
    """The preview, or the sentence that says why there can be none yet."""
    try:
        return publishing.preview(event.id, clock.now()), ""
    except Refused as no:
        return None, no.message
