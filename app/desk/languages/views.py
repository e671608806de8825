"""The organisers' pages of languages: what is said in which, what is missing, and a file of it out and in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.languages import service, table
from app.desk.languages.forms import KINDS, STATES, ChoiceForm, StoreForm, WordsForm, choice_values, row_values
from app.desk.languages.service import Choice
from app.events.models import Event
from app.events.views import desk, load
from app.outbox.tongues import TONGUES
from app.publishing.originals import Draft, Line, State, draft_of
from app.publishing.wording import field_word
from app.web import answer, keeps_form, not_found
from app.web.tables import LARGEST, TableForm, table_file

bp = Blueprint("languages", __name__)
CONFLICT = 409
AT_ONCE = 100
"""Texts on one page: more, and a form would have more parts than we take."""
SHOWN = {"missing": State.MISSING, "out-of-date": State.OUT_OF_DATE}


@bp.get("/organise/<event>/languages")
@staff(Role.ORGANISER)
def overview(event: str) -> ResponseReturnValue:
    """How far each language is, and every text with where it stands in each."""
    summit = load(event)
    draft = draft_of(summit)
    shown, kind = _filters()
    return render_template(
        "desk/languages/overview.html",
        draft=draft,
        counts=service.counts(draft),
        choice=Choice.of(summit),
        lines=_lines(draft, draft.languages, shown, kind),
        shown=shown,
        kind=kind,
        kinds_there=_kinds(draft),
        **_words(),
        **desk(summit),
    )


@bp.route("/organise/<event>/languages/choose", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def choose(event: str) -> ResponseReturnValue:
    """The main language, those spoken besides, and which is asked after which."""
    summit = load(event)
    form = ChoiceForm(data=choice_values(Choice.of(summit)))
    form.prepare()
    if form.validate_on_submit():
        with form.refusals():
            choice, seen, actor = form.choice(), form.seen.data or "", who()
            write(lambda: service.choose(summit, choice, seen, who=actor, now=database.now()))
            flash(_("Stored. Readers find it with the next release."), "success")
            return redirect(url_for("languages.overview", event=event), 303)
    stored = Choice.of(load(event))
    if form.is_submitted():
        form.seen.data = stored.mark  # whoever presses again has read what others chose
    return answer("desk/languages/choose.html", form, tongues=TONGUES, **desk(summit))


@bp.route(f"/organise/<event>/languages/<any({', '.join(TONGUES)}):code>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def words(event: str, code: str) -> ResponseReturnValue:
    """All texts beside their words in one language, as many stored at once as were touched."""
    summit = load(event)
    draft = _spoken(summit, code)
    shown, kind = _filters()
    lines = _lines(draft, [code], shown, kind)
    number = max(1, request.args.get("page", 1, int)) if len(request.args.get("page", "")) < 5 else 1
    page = lines[(number - 1) * AT_ONCE : number * AT_ONCE]
    form = WordsForm(data={"rows": [row_values(each, draft.rows.get((code, each.name))) for each in page]})
    if form.validate_on_submit():
        with form.refusals():
            wanted, actor = form.wanted(code), who()
            done = write(lambda: service.store(summit, wanted, who=actor, now=database.now()))
            flash(_stored(done), "success" if done else "info")
            again: dict[str, Any] = {"show": shown or None, "kind": kind or None}
            return redirect(url_for("languages.words", event=event, code=code, **again), 303)
    if form.is_submitted():
        draft = draft_of(load(event))
    known = {each.name: each for each in draft.lines}
    form.catch_up(known, draft.rows, code)
    values: dict[str, Any] = {"draft": draft, "code": code, "known": known, "shown": shown, "kind": kind}
    values |= {"number": number, "pages": -(-len(lines) // AT_ONCE), "states": State, "kinds_there": _kinds(draft)}
    values |= {"count": next(each for each in service.counts(draft) if each.language == code)}
    made = answer("desk/languages/words.html", form, **values, **_words(), **desk(summit))
    overtaken = any(each.overtaken for each in form.faults.values())
    return (made[0], CONFLICT, *made[2:]) if overtaken and made[1] == 422 else made


@bp.get("/organise/<event>/languages/words.<any(csv, xlsx):kind>")
@staff(Role.ORGANISER)
def export(event: str, kind: str) -> ResponseReturnValue:
    """Everything that can be said in several languages, as a file that may be filled in and sent back."""
    summit = load(event)
    header, rows = table.table(draft_of(summit))
    return table_file(f"{summit.slug}-languages.{kind}", header, rows)


@bp.route("/organise/<event>/languages/file", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def upload(event: str) -> ResponseReturnValue:
    """Send a file and see what it would do; nothing is stored by that."""
    form = TableForm.awaited()
    summit = load(event)
    if form.validate_on_submit():
        with form.refusals():
            look = table.judge(form.sheet(), draft_of(summit))
            store_form = StoreForm(formdata=None)
            store_form.hold(look.wanted)
            return answer("desk/languages/look.html", store_form, look=look, file=form.name, **_words(), **desk(summit))
    return answer("desk/languages/upload.html", form, rows=table.ROWS, **desk(summit))


@bp.post("/organise/<event>/languages/store")
@staff(Role.ORGANISER)
@keeps_form
def store(event: str) -> ResponseReturnValue:
    """Store what a file does, as it was looked at."""
    request.max_content_length = request.max_form_memory_size = LARGEST
    summit = load(event)
    form = StoreForm()
    if form.validate_on_submit():
        with form.refusals():
            wanted, actor = form.wanted(), who()
            done = write(lambda: service.store(summit, wanted, who=actor, now=database.now()))
            flash(_stored(done), "success" if done else "info")
            return redirect(url_for("languages.overview", event=event), 303)
    return answer("desk/languages/look.html", form, look=None, file="", **_words(), **desk(summit))


def _filters() -> tuple[str, str]:
    """Where texts stand that are wanted, and of which kind they are; empty for what there is not."""
    shown, kind = request.args.get("show", ""), request.args.get("kind", "")
    return shown if shown in SHOWN else "", kind if kind in KINDS else ""


def _lines(draft: Draft, codes: Iterable[str], shown: str, kind: str) -> list[Line]:
    """The texts that stand so in any of these languages."""
    mine = (each for each in draft.lines if kind in ("", each.kind))
    return [each for each in mine if not shown or any(draft.state(each, code) == SHOWN[shown] for code in codes)]


def _spoken(summit: Event, code: str) -> Draft:
    draft = draft_of(summit)
    if code not in draft.languages:
        not_found(_("The summit does not speak this language besides its own. Choose its languages first."))
    return draft


def _stored(done: int) -> str:
    if not done:
        return str(_("Nothing was changed, so nothing was stored."))
    said = ngettext("%(num)s text is stored.", "%(num)s texts are stored.", done)
    return f"{said} {_('Readers find it with the next release.')}"


def _kinds(draft: Draft) -> dict[str, Any]:
    there = {each.kind for each in draft.lines}
    return {kind: word for kind, word in KINDS.items() if kind in there}


def _words() -> dict[str, Any]:
    """How pages call things."""
    return {"tongues": TONGUES, "state_words": STATES, "kinds": KINDS, "field_word": field_word, "line_of": _line}


def _line(line: Line) -> str:
    """As in "Session 2: Title"; the field alone of the summit and of what has one."""
    return str(_("%(thing)s: %(field)s", thing=line.called, field=field_word(line.field).lower()))
