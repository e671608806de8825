"""The organisers' page of colours: what is chosen, how well it can be read, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import db as database
from app.accounts import Role, staff, who
from app.db import write
from app.desk.site.forms import LookForm, of_look
from app.events.views import desk, load
from app.site import look
from app.site.colours import COLOUR, GROUNDS, LEAST, OWN, Ground, Scheme, Tones, both, contrast, nearest, passes
from app.site.look import FIELDS, Chosen
from app.web import answer, keeps_form

bp = Blueprint("look_desk", __name__)
CONFLICT = 409


@dataclass(frozen=True)
class Sample:
    """One scheme in its colours, with the contrast of each pair that text makes."""

    name: str
    ground: Ground
    tones: Tones
    figures: tuple[tuple[str, float], ...]


@bp.route("/organise/<event>/site/look", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def page(event: str) -> ResponseReturnValue:
    """Choose the colours of the summit."""
    form = LookForm(data=of_look(look.of(load(event).id)))
    _take(form)
    if form.validate_on_submit():
        with form.refusals():
            chosen, seen, actor = form.chosen(), form.version(), who()
            look.judged(chosen)
            write(lambda: look.choose(load(event), chosen, seen, who=actor, now=database.now()))
            flash(_("Stored. Every page of the summit has these colours now."), "success")
            return redirect(url_for("look_desk.page", event=event), 303)
    summit = load(event)
    row = look.of(summit.id)
    overtaken = form.is_submitted() and form.version() != (row.version if row else 0)
    if overtaken:  # whoever presses again has seen both
        form.seen.data = str(row.version if row else 0)
    shown = answer(
        "desk/site/look.html",
        form,
        theirs=row if overtaken else None,
        offers=_offers(form.chosen()),
        samples=_samples(row.accent, row.accent_dark) if row and row.accent else _samples(*OWN.values()),
        least=LEAST,
        **desk(summit),
    )
    return (shown[0], CONFLICT, *shown[2:]) if overtaken and shown[1] == 422 else shown


def _take(form: LookForm) -> None:
    """Let a colour that was offered stand in the place of the one that was chosen."""
    for field in FIELDS.values():
        if COLOUR.fullmatch(offered := request.form.get(f"offer-{field}", "")):
            form[field].data = offered


def _offers(chosen: Chosen) -> dict[str, str]:
    """For each field whose colour cannot be read, the nearest that can."""
    found = {}
    for scheme, field in FIELDS.items():
        colour = getattr(chosen, field)
        if COLOUR.fullmatch(colour) and not passes(colour, scheme):
            found[field] = nearest(colour, scheme)
    return found


def _samples(accent: str, accent_dark: str) -> list[Sample]:
    names = {Scheme.LIGHT: _("On light paper"), Scheme.DARK: _("On dark paper")}
    return [
        Sample(names[each], GROUNDS[each], tones, _figures(GROUNDS[each], tones))
        for each, tones in _both(accent, accent_dark)
    ]


def _both(accent: str, accent_dark: str) -> list[tuple[Scheme, Tones]]:
    return list(both(accent, accent_dark).items())


def _figures(ground: Ground, tones: Tones) -> tuple[tuple[str, float], ...]:
    pairs = (
        (_("A link on the page"), tones.accent, ground.paper),
        (_("A link on a card"), tones.accent, ground.surface),
        (_("A word on its soft ground"), tones.accent, tones.soft),
        (_("The word on a button"), tones.on, tones.accent),
        (_("The same, pointed at"), tones.on, tones.deep),
    )
    return tuple((name, int(contrast(one, other) * 10) / 10) for name, one, other in pairs)
