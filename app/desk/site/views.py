"""The organisers' pages of what they write: lists, the form, a look at it as the public sees it, what they press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app import db as database
from app.accounts import Role, staff, who
from app.clock import local
from app.db import write
from app.desk.site import starts
from app.desk.site.forms import ArticleForm, PressForm, of_article, of_nothing
from app.events.models import Event
from app.events.views import desk, load
from app.jobs import Duty, duties
from app.outbox.tongues import TONGUES
from app.publishing import service as publishing
from app.refused import Refused
from app.site import pictures, service, writing
from app.site.models import Article, Kind
from app.site.shown import Shown, body, photos_of, pictured, said
from app.site.writing import TEXT, TITLE
from app.web import answer, keeps_form, not_found, undoable
from app.web.reading import language

bp = Blueprint("site_desk", __name__)
CONFLICT = 409
KIND = "<any(pages,news):kind>"
SITE = "/organise/<event>/site"


@bp.get(SITE, defaults={"kind": "pages"})
@bp.get(f"{SITE}/<any(news):kind>")
@staff(Role.ORGANISER)
def table(event: str, kind: str) -> ResponseReturnValue:
    """The pages in their order, or the news; what is missing in which language, and what can be put back."""
    summit = load(event)
    rows, gone = service.articles(summit.id, Kind(kind)), service.deleted(summit.id, Kind(kind))
    return render_template(
        f"desk/site/{kind}.html",
        rows=rows,
        deleted=gone,
        until=lambda row: local(row.deleted_at + service.KEPT, summit.zone).date(),
        left=starts.left({each.slug for each in (*rows, *gone)}) if kind == Kind.PAGE else [],
        tongues=TONGUES,
        **desk(summit),
    )


@bp.route(f"{SITE}/{KIND}/new", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def new(event: str, kind: str) -> ResponseReturnValue:
    """Write one."""
    summit = load(event)
    start = starts.start(request.args.get("start", "")) if kind == Kind.PAGE else None
    title, slug = (str(start.title), start.slug) if start else ("", "")
    form = ArticleForm(data=of_nothing(language(), title, slug, local(clock.now(), summit.zone).date()))
    if form.validate_on_submit():
        with form.refusals():
            given, key, actor = form.written(), form.submit_key.data or "", who()
            words = service.judged(summit.id, given)
            made = write(lambda: service.add(load(event), Kind(kind), given, words, key, who=actor, now=database.now()))
            flash(_("Stored as a draft. This is how it looks; nobody else sees it yet."), "success")
            return redirect(url_for("site_desk.preview", event=event, kind=kind, slug=made.slug), 303)
    form.needs(form.fallback.data)
    return answer("desk/site/write.html", form, row=None, start=start, theirs=[], **_frame(load(event), kind))


@bp.route(f"{SITE}/{KIND}/<slug>/edit", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def edit(event: str, kind: str, slug: str) -> ResponseReturnValue:
    """Write on at one. When somebody stored other words meanwhile, both stand on the page."""
    summit = load(event)
    row = _one(summit, kind, slug)
    form = ArticleForm(data=of_article(row))
    del form.slug
    if form.validate_on_submit():
        with form.refusals():
            given, seen, actor, uid = form.written(), form.version(), who(), row.uid
            words = service.judged(summit.id, given)
            made = write(lambda: service.change(load(event), uid, given, words, seen, who=actor, now=database.now()))
            flash(_("Stored. Everybody sees it so.") if made.shown_at else _("Stored. It is still a draft."), "success")
            return redirect(url_for("site_desk.preview", event=event, kind=kind, slug=slug), 303)
    summit = load(event)
    row = _one(summit, kind, slug)
    overtaken = form.is_submitted() and form.version() != row.version
    theirs = _differing(row, form) if overtaken else []
    if overtaken:  # whoever presses again has seen both
        form.seen.data = str(row.version)
    form.needs(form.fallback.data)
    start = starts.start(slug) if kind == Kind.PAGE else None
    page = answer("desk/site/write.html", form, row=row, start=start, theirs=theirs, **_frame(summit, kind))
    return (page[0], CONFLICT, *page[2:]) if overtaken and page[1] == 422 else page


def _differing(row: Article, form: ArticleForm) -> list[tuple[str, dict[str, str]]]:
    """What is stored now in the languages in which something else was typed."""
    typed = form.written().words
    nothing = {"title": "", "text": ""}
    return [
        (code, stored)
        for code in TONGUES
        if (stored := row.words.get(code, nothing)) != (vars(typed[code]) if code in typed else nothing)
    ]


def _frame(summit: Event, kind: str) -> dict[str, Any]:
    """What a page on which one writes tells besides its form."""
    photos = [pictured(each, summit.slug) for each in photos_of(summit.id)]
    limits = {"title": TITLE, "text": TEXT}
    return {"kind": kind, "photos": photos, "limits": limits, "tongues": TONGUES} | desk(summit)


@bp.get(f"{SITE}/{KIND}/<slug>/preview")
@staff(Role.ORGANISER)
def preview(event: str, kind: str, slug: str) -> ResponseReturnValue:
    """What is stored, as the public sees it once it is shown, with the button that shows it."""
    summit = load(event)
    row = _one(summit, kind, slug)
    asked = request.args.get("words", "")
    code = asked if asked in row.words else row.fallback
    here: dict[str, Any] = {"event": event, "kind": kind, "slug": slug}
    seen = {
        "sentence": _sentence(summit, row),
        "tongues": [(each, TONGUES[each], url_for("site_desk.preview", words=each, **here)) for each in row.words],
        "action": url_for("site_desk.switch", **here),
        "edit": url_for("site_desk.edit", **here),
        "version": row.version,
        "shown": row.shown_at is not None,
        "language": code,
        "form": True,
    }
    return _as_public(summit, row.words[code] | {"language": code}, row, seen)


def _sentence(summit: Event, row: Article) -> str:
    if row.shown_at is None:
        return str(_("Only organisers see this: it is a draft."))
    if not summit.release:
        return str(_("This is shown as soon as the summit’s first release is published."))
    return str(_("Everybody sees this as it stands here."))


@bp.post(f"{SITE}/{KIND}/typed")
@staff(Role.ORGANISER)
def typed(event: str, kind: str) -> ResponseReturnValue:
    """What is typed and not stored, as the public would see it."""
    summit, form = load(event), ArticleForm()
    asked = (request.args.get("words"), form.fallback.data, *TONGUES)
    code = next(each for each in asked if each in TONGUES)
    wording = form.typed(code)
    text = wording.text[:TEXT]
    sentence = _("This is how it would look. Nothing is stored: close this page and go on writing.")
    if writing.crowded(text):
        text, sentence = "", writing.too_many_cells()
    said_now = {"title": wording.title or _("Without a title"), "text": text, "language": code}
    seen = {"sentence": sentence, "tongues": [], "language": code, "form": False}
    now = database.now()
    row = Article(kind=Kind(kind), slug="", uid="", day=form.day.data or now.date(), shown_at=now, changed_at=now)
    return _as_public(summit, said_now, row, seen)


def _as_public(summit: Event, words: dict[str, str], row: Article, seen: dict[str, Any]) -> ResponseReturnValue:
    """A page in the public's layout, of words in one language."""
    code = words["language"]
    at = row.shown_at or row.changed_at
    found = Shown(row.uid, row.slug, {code: words}, code, True, row.day, at, row.changed_at)
    return render_template(
        {Kind.PAGE: "site/page.html", Kind.NEWS: "site/piece.html"}[row.kind],
        programme=publishing.told(summit.id, summit.release).public,
        found=found,
        said=said(found.words, code, code),
        blocks=body(words["text"], {each.key: pictured(each, summit.slug) for each in photos_of(summit.id)}),
        preview=seen,
    )


@bp.post(f"{SITE}/{KIND}/<slug>/switch")
@staff(Role.ORGANISER)
def switch(event: str, kind: str, slug: str) -> ResponseReturnValue:
    """The press of the button that shows it to everybody, or takes it back to a draft."""
    row, form, shown = _one(load(event), kind, slug), PressForm(), bool(request.form.get("shown"))
    seen, actor, uid = form.version(), who(), row.uid
    said_so = _("Everybody sees it now.") if shown else _("It is a draft again, and nobody else sees it.")
    _press(lambda: service.show(load(event), uid, seen, shown, who=actor, now=database.now()), said_so)
    return redirect(url_for("site_desk.preview", event=event, kind=kind, slug=slug), 303)


@bp.post(f"{SITE}/pages/<slug>/move")
@staff(Role.ORGANISER)
def move(event: str, slug: str) -> ResponseReturnValue:
    """The press of an arrow: a page and its neighbour change places. Or it was dragged to before another one."""
    row, actor, to = _one(load(event), Kind.PAGE, slug), who(), request.form.get("to")
    uid, other = row.uid, request.form.get("before", "")
    if to == "before":
        _press(lambda: service.move_before(load(event), uid, other, who=actor, now=database.now()), "")
    else:
        _press(lambda: service.move(load(event), uid, to == "up", who=actor, now=database.now()), "")
    return redirect(url_for("site_desk.table", event=event, kind=Kind.PAGE, _anchor=f"page-{slug}"), 303)


@bp.route(f"{SITE}/{KIND}/<slug>/delete", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def delete(event: str, kind: str, slug: str) -> ResponseReturnValue:
    """Delete one, after naming what goes."""
    row = _one(load(event), kind, slug)
    form = PressForm(data={"seen": str(row.version)})
    if form.validate_on_submit():
        with form.refusals():
            seen, actor, uid = form.version(), who(), row.uid
            write(lambda: service.throw_away(load(event), uid, seen, who=actor, now=database.now()))
            back = url_for("site_desk.put_back", event=event, kind=kind, uid=uid)
            undoable(_("“%(title)s” is deleted.", title=row.title), back, label=_("Put it back"))
            return redirect(url_for("site_desk.table", event=event, kind=kind), 303)
    told = {"days": service.KEPT.days, "written": [TONGUES[each] for each in row.words]}
    return answer("desk/site/delete.html", form, row=row, kind=kind, **told, **desk(load(event)))


@bp.post(f"{SITE}/{KIND}/<uid>/put-back")
@staff(Role.ORGANISER)
def put_back(event: str, kind: str, uid: str) -> ResponseReturnValue:
    """The press of the button that takes a deletion back."""
    actor = who()
    _press(lambda: service.put_back(load(event), uid, who=actor, now=database.now()), _("It stands where it stood."))
    return redirect(url_for("site_desk.table", event=event, kind=kind), 303)


def _press(act: Any, done: str) -> None:
    """Carry out what a button says; a refusal is told on the next page."""
    try:
        write(act)
    except Refused as no:
        flash(no.message, "error")
    else:
        if done:
            flash(done, "success")


def _one(summit: Event, kind: str, slug: str) -> Article:
    try:
        return service.one(summit.id, Kind(kind), slug)
    except LookupError:
        not_found(
            _("There is nothing here of this name. It may have been deleted; the list says what can be put back.")
        )


def _forget(_stop: object) -> int:
    return write(lambda: service.forget(clock.now()) + pictures.forget(clock.now()))


duties.append(Duty("site", _forget, every=timedelta(hours=1)))
