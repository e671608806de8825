"""The organisers' pages of the words with which letters begin."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.letters import service
from app.desk.letters.forms import WordsForm
from app.desk.letters.service import Words
from app.events.models import Event
from app.events.views import desk, load
from app.outbox.openings import SUBJECT, TEXT, Wording
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.web import answer, keeps_form, letter_page, not_found

bp = Blueprint("letters", __name__)
CONFLICT = 409


@bp.get("/organise/<event>/letters")
@staff(Role.ORGANISER)
def table(event: str) -> ResponseReturnValue:
    """Every letter in words: to whom it goes, when, and whose words it begins with."""
    summit = load(event)
    return render_template("desk/words.html", lines=service.lines(summit), tongues=TONGUES, **desk(summit))


@bp.route("/organise/<event>/letters/<name>/<language>", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def edit(event: str, name: str, language: str) -> ResponseReturnValue:
    """One letter in one language: its words, its placeholders, how it reads, and what it was before."""
    summit, found = _found(event, name, language)
    holds = found.holds
    form = WordsForm(subject=holds.subject, text=holds.text, seen=str(found.version), who=request.args.get("as", ""))
    if form.validate_on_submit():
        with form.refusals():
            given, seen, actor = form.wording(), form.version(), who()
            write(lambda: service.put(summit, found, given, seen, who=actor, now=database.now()))
            flash(_("Stored. Letters that are written from now on begin so."), "success")
            return redirect(url_for("letters.edit", event=event, name=name, language=language), 303)
    return _page(event, name, language, form)


@bp.route("/organise/<event>/letters/<name>/<language>/shipped", methods=["POST"])
@staff(Role.ORGANISER)
@keeps_form
def shipped(event: str, name: str, language: str) -> ResponseReturnValue:
    """The press of the button that puts the shipped words back."""
    summit, found = _found(event, name, language)
    form = WordsForm()
    if form.validate_on_submit():
        with form.refusals():
            seen, actor = form.version(), who()
            write(lambda: service.put_back(summit, found, seen, who=actor, now=database.now()))
            flash(_("The shipped text is back. What stood here before is kept below."), "success")
            return redirect(url_for("letters.edit", event=event, name=name, language=language), 303)
    return _page(event, name, language, form)


@bp.route("/organise/<event>/letters/<name>/<language>/look", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def look(event: str, name: str, language: str) -> ResponseReturnValue:
    """The letter as a mail program shows it, for a frame in which nothing runs; posted, with what is typed: nothing is
    stored."""
    summit, found = _found(event, name, language)
    form = WordsForm()
    typed = form.is_submitted()
    if typed and not form.validate():
        return _plain(" ".join(map(str, form.form_errors)), 422)
    asked = (form.who.data or "") if typed else request.args.get("as", "")
    try:
        seen = _example(summit, found, asked, form.wording() if typed else None)
    except Refused as no:
        return _plain(no.message, 422)
    if "plain" not in request.values:
        return letter_page(seen.letter.html)
    head = [f"{_('To')}: {seen.to}", f"{_('Subject')}: {seen.letter.subject}"]
    return _plain("\n".join([*head, "", seen.letter.text]))


def _plain(text: str, status: int = 200) -> Response:
    """Plain text for the same frame."""
    headers = {"X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
    headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'self'"
    return Response(text, status, content_type="text/plain; charset=utf-8", headers=headers)


def _page(event: str, name: str, language: str, form: WordsForm) -> ResponseReturnValue:
    summit, found = _found(event, name, language)
    overtaken = form.is_submitted() and form.version() != found.version
    if overtaken:  # whoever presses again has seen both
        form.seen.data = str(found.version)
    try:
        seen, obstacle = _example(summit, found, form.who.data or "", None), ""
    except Refused as no:
        seen, obstacle = None, no.message
    page = answer(
        "desk/words_edit.html",
        form,
        words=found,
        overtaken=overtaken,
        shown=seen,
        obstacle=obstacle,
        changes=service.changes(summit, name, language),
        tongues=TONGUES,
        limits={"subject": SUBJECT, "text": TEXT},
        **desk(summit),
    )
    return (page[0], CONFLICT, *page[2:]) if overtaken and page[1] == 422 else page


def _example(summit: Event, found: Words, asked: str, wording: Wording | None) -> service.Seen:
    name, language = found.opening.name, found.language
    return service.example(summit, name, language, asked, wording, by=who(), now=database.now())


def _found(event: str, name: str, language: str) -> tuple[Event, Words]:
    summit = load(event)
    try:
        return summit, service.words(summit, name, language)
    except LookupError:
        not_found(_("There is no such letter, or none in this language."))
