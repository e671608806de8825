"""The list of clashes, what organisers accept of them, and the rules by which they are found. Pages of the board's own
blueprint, whose addresses and names they share."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.accounts import Role, staff, who
from app.db import db, write
from app.events.models import Event
from app.events.views import desk, load
from app.journal import note
from app.schedule import cards, clashes, plan, settings
from app.schedule.judging.forms import LookForm, RulesForm, SeveralForm, WaiveForm, mark_of, name
from app.schedule.views import bp
from app.schedule.words import GROUPS, LABELS
from app.web import answer, keeps_form, one_line


@bp.route("/organise/<event>/schedule/clashes", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def found(event: str) -> ResponseReturnValue:
    """Everything there is to look at, by kind, with what was accepted and why. Several are accepted with one reason."""
    summit = load(event)
    now = plan.of(summit)
    rows = clashes.of(summit.id, now)
    open_ = [each for each in rows if not each.waived]
    look = LookForm(request.args)
    look.prepare(cards.kinds_of(open_))
    shown = cards.kinds_of(each for each in open_ if look.fits(each))
    form = SeveralForm()
    if form.validate_on_submit():
        with form.refusals():
            keys, reason, actor, at = form.chosen(shown), form.reason.data, who(), clock.now()
            write(lambda: clashes.waive_all(summit.id, keys, reason, who=actor, now=at))
            flash(ngettext("One clash is accepted.", "%(num)s clashes are accepted.", len(keys)), "success")
            return redirect(request.full_path, 303)
    waived = clashes.waivers(summit.id)
    return answer(
        "schedule/clashes.html",
        form,
        look=look,
        kinds=shown,
        open=open_,
        accepted=[(each, waived[clashes.mark(each.conflict)]) for each in rows if each.waived],
        labels={kind.value: label for kind, label in LABELS.items()},
        say=clashes.words,
        mark=clashes.mark,
        mark_of=mark_of,
        plan=now,
        **desk(summit),
    )


@bp.route("/organise/<event>/schedule/clashes/accept", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def waive(event: str) -> ResponseReturnValue:
    """Accept one clash, with a reason."""
    summit = load(event)
    key = request.args.get("clash", "")
    rows = {clashes.mark(each.conflict): each for each in clashes.of(summit.id, plan.of(summit))}
    if key not in rows:
        flash(_("This clash is there no more."), "info")
        return redirect(url_for("schedule.found", event=event), 303)
    form = WaiveForm(data={"reason": rows[key].waived})
    if form.validate_on_submit():
        with form.refusals():
            reason, actor, now = form.reason.data, who(), clock.now()
            write(lambda: clashes.waive(summit.id, key, reason, who=actor, now=now))
            return redirect(url_for("schedule.found", event=event), 303)
    return answer("schedule/waive.html", form, said=clashes.words(rows[key].conflict), **desk(summit))


@bp.post("/organise/<event>/schedule/clashes/look-again")
@staff(Role.ORGANISER)
def insist(event: str) -> ResponseReturnValue:
    """Take back that a clash was accepted."""
    summit, key, actor, now = load(event), one_line(request.form.get("clash"))[:300], who(), clock.now()
    write(lambda: clashes.insist(summit.id, key, who=actor, now=now))
    return redirect(url_for("schedule.found", event=event), 303)


@bp.route("/organise/<event>/schedule/rules", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@keeps_form
def rules(event: str) -> ResponseReturnValue:
    """What counts as a clash here, and which clashes stop publishing."""
    summit = load(event)
    form = RulesForm(data=RulesForm.of(settings.read(summit.planning)))
    if form.validate_on_submit():
        with form.refusals():
            chosen = settings.plain(form.settings())
            key, actor, now = summit.id, who(), clock.now()
            write(lambda: _set_rules(key, chosen, actor, now))
            flash(_("Stored. The board judges by these rules from now on."), "success")
            return redirect(url_for("schedule.found", event=event), 303)
    return answer("schedule/rules.html", form, groups=_grouped(form), **desk(summit))


def _grouped(form: RulesForm) -> list[tuple[str, list[Any]]]:
    """The fields of the kinds of clash under their headings; what is in no group is about what is missing."""
    rest = set(LABELS) - {kind for kinds in GROUPS.values() for kind in kinds}
    groups = [*GROUPS.items(), (_("What is missing or too much"), [kind for kind in LABELS if kind in rest])]
    return [(str(heading), [form[name(kind)] for kind in kinds]) for heading, kinds in groups]


def _set_rules(event_id: int, chosen: dict[str, Any], who: str, now: Any) -> None:
    event = db.session.get_one(Event, event_id, with_for_update=True)
    before, event.planning = event.planning, {**event.planning, **chosen}
    note("rules changed", f"event/{event.slug}", who=who, now=now, event_id=event_id, before=before, after=chosen)
