"""The first page of an event's desk: what is missing, city by city; and the list of participants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, fresh, staff, who
from app.db import write
from app.delegations.models import Answer, Delegation
from app.desk.board import service
from app.desk.board.forms import ANSWERS, NEEDS, BoardForm, SeenForm
from app.desk.board.needs import Choice, Need, Row, chosen, missing, next_step, totals
from app.events.models import Event, Mode
from app.events.views import desk, load
from app.events.words import mode_word
from app.registration.models import Capacity
from app.registration.notices import role_word
from app.web import answer, keeps_form, not_found
from app.web.tables import table_file

bp = Blueprint("board", __name__)
KINDS = "csv,xlsx"
PAGES: dict[Need | None, str] = {Need.LAPSED: "reopen", Need.MODES_ASKED: "modes", Need.CONTACT: "focal_point"}
"""The pages about one city where these needs are met."""
ASKS = frozenset({Need.MODES, Need.PEOPLE, Need.HEAD, Need.LETTER})
"""What a letter asks the city for."""
LONG = 14
"""Days of silence from which a city stands out."""


@bp.get("/organise/<event>/board")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every city, what it lacks, and what to do next."""
    summit = load(event)
    form = BoardForm(request.args)
    choice = form.choice()
    everybody = service.rows(summit, database.now())
    rows, verbs = chosen(everybody, choice), _verbs()
    return render_template(
        "desk/board.html",
        form=form,
        choice=choice,
        rows=[(row, _verb(verbs, row), _place(summit.slug, row)) for row in rows],
        everybody=len(everybody),
        totals=totals(everybody),
        to_remind=[row.slug for row in rows if row.answer == Answer.INVITED and row.reachable],
        to_invite=[row.slug for row in rows if row.answer == Answer.DRAFT and row.reachable],
        heads={key: word.capitalize() for key, word in _heads().items()},
        letters={key: word.capitalize() for key, word in _letters().items()},
        videos={key: word.capitalize() for key, word in _videos().items()},
        answers={each.value: word for each, word in ANSWERS.items()},
        long=LONG,
        asked=choice.asked,
        sorts={key: _sorting(summit, choice, key) for key in ("city", "next")},
        **desk(summit),
    )


def _sorting(summit: Event, choice: Choice, key: str) -> dict[str, str]:
    """The head of a column by which the board can be sorted: pressed twice, it turns round."""
    word = {"city": _("City"), "next": _("Next")}[key]
    now = {key: "ascending", f"-{key}": "descending"}.get(choice.sort, "")
    to = f"-{key}" if choice.sort == key else key
    return {
        "label": word,
        "sorted": now,
        "href": url_for("board.table", event=summit.slug, **choice.asked | {"sort": to}),
    }


def _verbs() -> dict[Need, str]:
    """What is done about each need; looked up once a page, since words cost more than rows."""
    return {
        Need.CONTACT: _("Enter a focal point"),
        Need.ADDRESS: _("Correct an address"),
        Need.INVITATION: _("Invite"),
        Need.ANSWER: _("Remind"),
        Need.LAPSED: _("Invite again"),
        Need.DECISION: _("Approve"),
        Need.APPROVAL: _("Approve the delegation"),
        Need.REQUESTS: _("Decide on changes"),
        Need.MODES_ASKED: _("Decide on modes"),
        Need.CHANGES: _("Review changes"),
        Need.RETURNED: _("See what was returned"),
        Need.MODES: _("Ask how it takes part"),
        Need.PEOPLE: _("Ask who comes"),
        Need.HEAD: _("Ask for head"),
        Need.LETTER: _("Ask for letter"),
        Need.SESSION: _("Assign"),
        Need.HOURS: _("Find a better hour"),
    }


def _verb(verbs: Mapping[Need, str], row: Row) -> str:
    """The next thing to do for a city, as in "Approve 2"; empty when nothing is missing."""
    need = next_step(row)
    if need is None:
        return ""
    return f"{verbs[need]} {row.to_decide}" if need == Need.DECISION else verbs[need]


def _place(event: str, row: Row) -> str:
    """Where that is done; what is to be asked of a city is asked of those on its page."""
    need, slug = next_step(row), row.slug
    if need in {Need.INVITATION, Need.ANSWER}:
        kind = "invitation" if need == Need.INVITATION else "reminder"
        return url_for("invitations.send", event=event, kind=kind, city=slug)
    if need == Need.DECISION:
        return url_for("desk.registrations", event=event, city=slug, state="endorsed")
    if need == Need.APPROVAL:
        return url_for("requests.delegation", event=event, slug=slug, act="approve")
    if need == Need.REQUESTS:
        return url_for("approvals.table", event=event, _anchor="asked")
    if need in {Need.SESSION, Need.HOURS}:
        return url_for("agenda.table", event=event)
    if need == Need.CHANGES:
        return url_for("board.changes", event=event, slug=slug)
    if need in ASKS:
        return url_for("together.ask", event=event, city=slug)
    page = PAGES.get(need, "city")
    return url_for(f"invitations.{page}", event=event, slug=slug)


@bp.route("/organise/<event>/board/<slug>/changes", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def changes(event: str, slug: str) -> ResponseReturnValue:
    """What changed with a city that was approved, and the button that says it was seen."""
    summit = load(event)
    key, form = _city(summit, slug).id, SeenForm()
    if form.validate_on_submit():
        with form.refusals():
            write(lambda: service.review(key, form.seen.data or "", who=who(), now=database.now()))
            flash(_("Done: these changes are seen."), "success")
            return redirect(url_for("board.table", event=event), 303)
    summit = load(event)
    delegation = _city(summit, slug)
    lines = service.changes(delegation)
    form.seen.data = service.mark(lines)
    return answer(
        "desk/board_changes.html", form, delegation=delegation, member=delegation.member, notes=lines, **desk(summit)
    )


def _city(summit: Event, slug: str) -> Delegation:
    try:
        return service.city(summit.id, slug)
    except LookupError:
        not_found(_("No city of this name is in this summit."))


@bp.get(f"/organise/<event>/board/export.<any({KINDS}):kind>")
@staff(Role.ORGANISER)
def export(event: str, kind: str) -> ResponseReturnValue:
    """The rows of the present choice as a file for a spreadsheet."""
    summit = load(event)
    rows = chosen(service.rows(summit, database.now()), BoardForm(request.args).choice())
    header = (
        *(_("City"), _("Time zone"), _("Answer"), _("Silent for days"), _("Head"), _("Letter of authority")),
        *(_("Registered"), _("Of quota"), _("Quota"), _("Approved"), _("Waiting list"), _("To decide")),
        *(_("Modes"), _("Video"), _("Sessions"), _("Bad hours"), _("Missing"), _("Next")),
    )
    words = _words()
    return table_file(f"{summit.slug}-board.{kind}", header, [_cells(row, words) for row in rows])


def _cells(row: Row, words: Words) -> list[str]:
    return [
        *(row.name, row.zone, words.answers[row.answer], "" if row.silent is None else str(row.silent)),
        *(row.head or words.heads[row.no_head], words.letters[row.letter], str(row.registered)),
        *(("", "") if row.quota is None else (str(row.quota_taken), str(row.quota))),
        *(str(row.approved), str(row.waitlisted), str(row.to_decide)),
        *(", ".join(words.modes[mode] for mode in row.modes), words.videos[row.video]),
        *(", ".join(row.sessions), "" if row.bad_hours is None else str(row.bad_hours)),
        ", ".join(words.needs[need] for need in missing(row)),
        _verb(words.verbs, row),
    ]


@dataclass(frozen=True)
class Words:
    """What a file says, in the reader's language."""

    answers: Mapping[Answer, str]
    heads: Mapping[str, str]
    letters: Mapping[str, str]
    videos: Mapping[str, str]
    modes: Mapping[Mode, str]
    needs: Mapping[Need, str]
    verbs: Mapping[Need, str]


def _words() -> Words:
    return Words(
        {each: str(word) for each, word in ANSWERS.items()},
        _heads(),
        _letters(),
        _videos(),
        {each: mode_word(each) for each in Mode},
        {each: str(word) for each, word in NEEDS.items()},
        _verbs(),
    )


def _heads() -> dict[str, str]:
    """Why there is no head, by `Row.no_head`."""
    return {"": "", "vacant": _("vacant"), "none needed": _("none needed")}


def _letters() -> dict[str, str]:
    """How it stands with the letter of authority, by `Row.letter`."""
    return {"": "", "held": _("handed in"), "due": _("due")}


def _videos() -> dict[str, str]:
    """How it stands with the video message, by `Row.video`."""
    return {
        "": "",
        "owed": _("owed"),
        "overdue": _("overdue"),
        "back": _("to be mended"),
        "come": _("has come"),
        "ready": _("accepted"),
    }


@bp.get("/organise/<event>/participants")
@staff(Role.ORGANISER)
def participants(event: str) -> ResponseReturnValue:
    """Everybody approved, by city; who agreed to be listed in public is marked."""
    summit = load(event)
    people = service.participants(summit.id)
    cities = [(slug, list(group)) for slug, group in groupby(people, key=lambda each: each.city_slug)]
    return render_template("desk/participants.html", people=people, cities=cities, roles=_roles(), **desk(summit))


@bp.get(f"/organise/<event>/participants/export.<any({KINDS}):kind>")
@staff(Role.ORGANISER)
@fresh
def participants_export(event: str, kind: str) -> ResponseReturnValue:
    """The same list as a file for a spreadsheet."""
    summit = load(event)
    header = (
        *(_("City"), _("Name"), _("Role"), _("Position"), _("Organisation"), _("Mode"), _("Reference")),
        _("Public list"),
    )
    roles, modes, listed = _roles(), _words().modes, {True: _("agreed"), False: _("not listed")}
    rows = [
        [
            *(each.city, each.name, roles[each.role], each.position, each.organisation),
            *(modes[each.mode], each.reference, listed[each.listed]),
        ]
        for each in service.participants(summit.id)
    ]
    return table_file(f"{summit.slug}-participants.{kind}", header, rows)


def _roles() -> dict[Capacity, str]:
    return {each: role_word(each) for each in Capacity}
