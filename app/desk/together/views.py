"""Acts over several cities: what can be done to those chosen on the board, a look before, and the last acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.delegations.letters import owed_word
from app.delegations.models import Answer
from app.desk.board.needs import Row
from app.desk.together import approving, asking, choosing, service
from app.desk.together import sent as sending
from app.desk.together.edits import Edit, made
from app.desk.together.forms import (
    ApproveForm,
    ApproveSentForm,
    AskForm,
    ClassForm,
    DeadlineForm,
    EditForm,
    LetterForm,
    NoteForm,
    QuotaForm,
    UndoForm,
)
from app.desk.together.models import EDITS, BulkAct, Kind
from app.desk.together.service import Line
from app.events.models import Event
from app.events.views import desk, load
from app.registration.models import Capacity
from app.registration.news import role_word
from app.web import answer, keeps_form, letter_page, not_found, undoable

bp = Blueprint("together", __name__)
FORMS: dict[str, type[EditForm]] = {
    "letter": LetterForm,
    "deadline": DeadlineForm,
    "quota": QuotaForm,
    "note": NoteForm,
    "class": ClassForm,
}
KINDS = ",".join(FORMS)


@dataclass(frozen=True)
class Offer:
    """One thing that can be done to the cities chosen."""

    title: str
    meaning: str
    fits: int
    """For how many of them."""
    address: str


@bp.get("/organise/<event>/together")
@staff(Role.ORGANISER)
def menu(event: str) -> ResponseReturnValue:
    """What can be done to the cities that were ticked, or that the board shows."""
    summit = load(event)
    rows = choosing.rows(summit, request.args, database.now())
    return render_template("desk/together.html", rows=rows, groups=_groups(summit, rows), **desk(summit))


def _groups(summit: Event, rows: list[Row]) -> list[tuple[str, list[Offer]]]:
    """(heading, offers): letters first, then decisions, then settings. A new act of several cities stands here."""
    chosen = choosing.address(request.args)

    def to(endpoint: str, **values: Any) -> str:
        return url_for(endpoint, event=summit.slug, **values | chosen)

    def letter(kind: str, answered: Answer) -> tuple[int, str]:
        slugs = [row.slug for row in rows if row.answer == answered and row.reachable]
        return len(slugs), url_for("invitations.send", event=summit.slug, kind=kind, city=slugs)

    standing, everybody = sum(row.stands for row in rows), len(rows)
    waiting, in_line = sum(row.to_decide for row in rows), sum(row.waitlisted for row in rows)
    letters = [
        Offer(_("Invite"), _("Cities that were not invited yet."), *letter("invitation", Answer.DRAFT)),
        Offer(_("Remind"), _("Cities that have not answered."), *letter("reminder", Answer.INVITED)),
        Offer(_("Ask for what is missing"), _("One letter with all that a city owes."), standing, to("together.ask")),
    ]
    sent = sum(row.answer == Answer.SUBMITTED and row.stands for row in rows)
    decisions = [
        Offer(_("Approve delegations"), _("Those sent to you, with their people."), sent, to("together.delegations")),
        Offer(_("Approve people"), _("Everybody who waits for you."), waiting, to("together.approve")),
    ]
    settings = [
        Offer(title, meaning, in_line if kind == "class" else everybody, to("together.edit", kind=kind))
        for kind, title, meaning in _settings()
    ]
    return [(_("Letters"), letters), (_("Decisions"), decisions), (_("Settings, which can be undone"), settings)]


def _settings() -> list[tuple[str, str, str]]:
    return [
        ("letter", _("Letter of authority"), _("Whether one is due.")),
        ("deadline", _("A later deadline"), _("With a reason, told by letter.")),
        ("quota", _("Quota"), _("How many each may enter, by category and way of taking part.")),
        ("note", _("Note"), _("A line that organisers alone read.")),
        ("class", _("Class on the waiting list"), _("Of their people who wait for a place.")),
    ]


@bp.route(f"/organise/<event>/together/<any({KINDS}):kind>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def edit(event: str, kind: str) -> ResponseReturnValue:
    """One value for several cities: typed, looked at city by city, then set."""
    summit = load(event)
    slugs = [row.slug for row in choosing.rows(summit, request.args, database.now())]
    form, lines, wanted, key = FORMS[kind](), [], None, summit.id
    if form.validate_on_submit():
        with form.refusals():
            wanted = form.edit(summit.zone)
            if form.act.data == "do":
                act = write(lambda: _apply(key, wanted, slugs, form))
                there = url_for("together.act", event=event, code=act.code)
                undoable(_("Done."), there, label=_("Undo"))
                return redirect(there, 303)
    summit = load(event)
    if wanted is not None:
        lines = service.plan(key, wanted, service.cities(key, slugs), database.now())
        form.seen.data = service.mark(wanted, lines)
    return answer("desk/together_edit.html", form, kind=kind, **_seen(summit, wanted, lines), **desk(summit))


def _apply(event_id: int, wanted: Edit | None, slugs: list[str], form: EditForm) -> BulkAct:
    assert wanted is not None  # noqa: S101 (for the type alone)
    seen, key = form.seen.data or "", form.submit_key.data or ""
    return service.apply(event_id, wanted, slugs, seen, key, who=who(), now=database.now())


def _seen(summit: Event, wanted: Edit | None, lines: list[Line]) -> dict[str, Any]:
    """What the page says of an edit that was typed."""
    worded = {}
    if wanted is not None:
        worded = {
            each.city.slug: (wanted.worded(each.before, summit.zone), wanted.worded(each.after, summit.zone))
            for each in lines
        }
    warnings = {wanted.warned(each.after) for each in lines} - {""} if wanted is not None else set()
    return {
        "wanted": wanted,
        "lines": lines,
        "worded": worded,
        "warnings": sorted(warnings),
        "number": sum(each.changes for each in lines),
        "titles": {kind: title for kind, title, _meaning in _settings()},
        "back": url_for("together.menu", event=summit.slug, **choosing.address(request.args)),
    }


@bp.route("/organise/<event>/together/ask", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def ask(event: str) -> ResponseReturnValue:
    """A letter with what each city owes: who gets it, how one of them reads, and the button that sends it."""
    summit = load(event)
    rows = choosing.rows(summit, request.args, database.now())
    form = AskForm(data={"what": list(asking.WHAT), "cities": " ".join(row.slug for row in rows)})
    if form.validate_on_submit() and form.act.data == "send":
        with form.refusals():
            slugs, what, key = form.slugs(), form.what.data, form.submit_key.data or ""
            act = write(lambda: asking.send(summit, slugs, what, key, who=who(), now=database.now()))
            flash(_("The letters leave now."), "success")
            return redirect(url_for("together.act", event=event, code=act.code), 303)
    summit = load(event)
    found = asking.asks(summit, rows, form.what.data or (), database.now())
    fit = [each for each in found if not each.refused]
    as_slug = request.args.get("as") or request.form.get("as")
    shown = next((each for each in fit if each.row.slug == as_slug), fit[0] if fit else None)
    to, letter = asking.preview(summit, shown, database.now()) if shown else ("", None)
    return answer(
        "desk/together_ask.html",
        form,
        fit=fit,
        unfit=[each for each in found if each.refused],
        shown=shown,
        to=to,
        letter=letter,
        word=owed_word,
        back=url_for("together.menu", event=event, **choosing.address(request.args)),
        **desk(summit),
    )


@bp.get("/organise/<event>/together/ask/letter")
@staff(Role.ORGANISER)
def ask_letter(event: str) -> ResponseReturnValue:
    """The letter of one city as its mail program shows it, for a frame in which nothing runs."""
    summit = load(event)
    slug, what = request.args.get("as", ""), request.args.getlist("what")
    rows = [row for row in choosing.rows(summit, request.args, database.now()) if row.slug == slug]
    found = [each for each in asking.asks(summit, rows, what, database.now()) if not each.refused]
    if not found:
        not_found(_("This city gets no such letter now."))
    return letter_page(asking.preview(summit, found[0], database.now())[1].html)


@bp.route("/organise/<event>/together/approve", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def approve(event: str) -> ResponseReturnValue:
    """Everybody of these cities who waits for the organisers, and the button that approves them."""
    summit = load(event)
    slugs, form = [row.slug for row in choosing.rows(summit, request.args, database.now())], ApproveForm()
    if form.validate_on_submit():
        with form.refusals():
            people, key = form.references(), form.submit_key.data or ""
            act = write(lambda: approving.approve(summit, people, key, who=who(), now=database.now()))
            flash(_("Done. What could not be done is listed below, with the reason."), "success")
            return redirect(url_for("together.act", event=event, code=act.code), 303)
    summit = load(event)
    found = approving.waiting(summit.id, slugs)
    form.people.data = " ".join(each.reference for each in found)
    return answer(
        "desk/together_approve.html",
        form,
        people=[(each, approving.obstacle(each)) for each in found],
        roles={each.value: role_word(each) for each in Capacity},
        most=approving.MOST,
        back=url_for("together.menu", event=event, **choosing.address(request.args)),
        **desk(summit),
    )


@bp.route("/organise/<event>/together/delegations", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
@keeps_form
def delegations(event: str) -> ResponseReturnValue:
    """Which of these cities sent their delegation, what each lacks, and the button that approves them."""
    summit = load(event)
    slugs = [row.slug for row in choosing.rows(summit, request.args, database.now())]
    form, left = ApproveSentForm(), dict[str, str]()
    if form.validate_on_submit():
        with form.refusals():
            wanted, too = form.slugs(), bool(form.people.data)
            done = write(lambda: sending.approve(summit, wanted, who=who(), now=database.now(), people_too=too))
            flash(_approved(len(done.approved)), "success" if done.approved else "info")
            left = done.refused
            if not left:
                return redirect(url_for("board.table", event=event), 303)
    summit = load(event)
    found = sending.waiting(summit.id, slugs)
    form.cities.data = " ".join(each.delegation.member.slug for each in found[: sending.MOST])
    return answer(
        "desk/together_delegations.html",
        form,
        sent=found,
        left=left,
        most=sending.MOST,
        ready=sum(not each.lacking for each in found[: sending.MOST]),
        back=url_for("together.menu", event=event, **choosing.address(request.args)),
        **desk(summit),
    )


def _approved(number: int) -> str:
    if not number:
        return str(_("None of these delegations could be approved."))
    return str(ngettext("One delegation is approved.", "%(num)s delegations are approved.", number))


@bp.get("/organise/<event>/together/acts")
@staff(Role.ORGANISER)
def acts(event: str) -> ResponseReturnValue:
    """The last acts over several cities: what, who, when."""
    summit = load(event)
    return render_template("desk/together_acts.html", told=service.last(summit.id), **desk(summit))


@bp.route("/organise/<event>/together/acts/<code>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def act(event: str, code: str) -> ResponseReturnValue:
    """One act, city by city, and the button that undoes it."""
    summit = load(event)
    key, form = summit.id, UndoForm()
    _act(key, code)
    if form.validate_on_submit():
        with form.refusals():
            undone = write(lambda: service.undo(key, code, who=who(), now=database.now()))
            flash(_undone(undone), "success" if not undone.left else "warning")
            return redirect(url_for("together.act", event=event, code=code), 303)
    summit = load(event)
    found, rows = _act(key, code)
    wanted = made(found.kind, found.asked) if found.kind in EDITS else None
    return answer(
        "desk/together_act.html",
        form,
        act=found,
        rows=[(row, city, *_values(wanted, row.before, row.after, summit.zone)) for row, city in rows],
        heading=wanted.said() if wanted else _headings()[found.kind],
        undoable=wanted is not None and found.undone_at is None,
        by_letter=found.kind == Kind.DEADLINE,
        **desk(summit),
    )


def _act(event_id: int, code: str) -> Any:
    try:
        return service.by_code(event_id, code)
    except LookupError:
        not_found(_("Nothing of this name was done to several cities of this summit."))


def _headings() -> dict[Kind, str]:
    return {Kind.ASK: _("Cities were asked for what is missing"), Kind.APPROVE: _("People were approved")}


def _values(wanted: Edit | None, before: Any, after: Any, zone: str) -> tuple[str, str]:
    """Before and after in words."""
    if wanted is not None:
        return wanted.worded(before, zone), wanted.worded(after, zone)
    if isinstance(after, list):
        return "", ", ".join(owed_word(each, 2 if each == asking.FORMS else 0) for each in after)
    return "", ""


def _undone(undone: service.Undone) -> str:
    back = ngettext("One city is as before.", "%(num)s cities are as before.", len(undone.back))
    if not undone.left:
        return str(back)
    stays = ngettext("%(num)s was changed since and stays.", "%(num)s were changed since and stay.", len(undone.left))
    return f"{back} {stays}"
