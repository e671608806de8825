"""What organisers fill in about clashes: which to list, why some are accepted, and by which rules they are found."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SearchField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import NumberRange

from app.agenda.forms import NOT_A_NUMBER
from app.delegations.forms import at_most
from app.network.models import folded
from app.planning import kinds
from app.planning.kinds import Judged, Kind, Severity
from app.planning.model import Limits
from app.refused import Refused
from app.schedule import clashes
from app.schedule.forms import asked, clock
from app.schedule.settings import Settings
from app.schedule.words import LABELS
from app.web import Form, IntegerField, one_line


class WaiveForm(Form):
    """Why a clash is accepted."""

    reason = StringField(
        _l("Why this is all right"),
        [asked(_l("Say why: the reason is kept, and stands beside what is published.")), at_most(500)],
        [one_line],
    )


class SeveralForm(WaiveForm):
    """One reason for several clashes: those ticked, and all of the kinds ticked."""

    clash = SelectMultipleField(choices=[], validate_choice=False, default=list)
    kind = SelectMultipleField(choices=[], validate_choice=False, default=list)
    """What `mark_of` gives: a kind with a mark of all that was shown of it."""

    def chosen(self, shown: Mapping[str, Sequence[Judged]]) -> list[str]:
        """The marks of the clashes to accept, of those that are `shown` by kind.

        Refused when none is ticked, or when by now there are others of a kind than were looked at.
        """
        ticked = {*self.clash.data}
        by_kind = {mark_of(kind, rows): rows for kind, rows in shown.items()}
        if set(self.kind.data) - by_kind.keys():
            raise Refused(_("There are others of this kind by now. Look again, then accept them."))
        wanted = {clashes.mark(each.conflict) for key in self.kind.data for each in by_kind[key]} | ticked
        found = [mark for rows in shown.values() for each in rows if (mark := clashes.mark(each.conflict)) in wanted]
        if not found:
            raise Refused(_("Tick those that you accept."))
        return found


def mark_of(kind: str, rows: Sequence[Judged]) -> str:
    """Names a kind together with exactly these clashes."""
    told = "\n".join(sorted(clashes.mark(each.conflict) for each in rows))
    return f"{kind}|{hashlib.blake2b(told.encode(), digest_size=9).hexdigest()}"


class LookForm(wtforms.Form):  # type: ignore[misc]
    """Which clashes to list; read from the address."""

    kind = SelectField(_l("Kind"), validate_choice=False)
    stops = SelectField(
        _l("How grave"),
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice("stops", _l("Only those that stop publishing")),
            SelectChoice("warns", _l("Only warnings")),
        ],
        validate_choice=False,
    )
    words = SearchField(_l("City, person, session or room"), filters=[one_line])

    def prepare(self, kinds: Mapping[str, Any]) -> None:
        self.kind.choices = [
            SelectChoice("", _("All")),
            *(SelectChoice(key, f"{LABELS[Kind(key)]} ({len(rows)})") for key, rows in kinds.items()),
        ]

    @property
    def narrows(self) -> bool:
        return any(field.data for field in self)

    def fits(self, judged: Judged) -> bool:
        """Whether a clash is to be listed."""
        sought = folded((self.words.data or "")[:120])
        return (
            (not self.kind.data or judged.conflict.kind.value == self.kind.data)
            and (not self.stops.data or judged.blocks == (self.stops.data == "stops"))
            and (not sought or sought in folded(clashes.words(judged.conflict)))
        )


class RulesForm(Form):
    """How clashes are judged at this event; each kind of clash has a field, added below."""

    opens = clock(_l("A day begins at"), asked(_l("Give a time.")))
    closes = clock(_l("A day ends at"), asked(_l("Give a time.")))
    earliest = clock(_l("Nobody online before"), asked(_l("Give a time.")))
    latest = clock(_l("Nobody online after"), asked(_l("Give a time.")))
    pleasant_from = clock(_l("Comfortable from"), asked(_l("Give a time.")))
    pleasant_until = clock(_l("Comfortable until"), asked(_l("Give a time.")))
    walking = IntegerField(_l("Minutes between buildings"), [asked(NOT_A_NUMBER), NumberRange(0, 240)])
    most = IntegerField(_l("Usual sessions of a city"), [asked(NOT_A_NUMBER), NumberRange(1, 50)])

    def settings(self) -> Settings:
        """What was chosen. Refused when times stand in the wrong order."""
        for first, last in (("opens", "closes"), ("earliest", "latest"), ("pleasant_from", "pleasant_until")):
            if self[first].data >= self[last].data:
                raise Refused(_("The end must come after the start."), last)
        limits = Limits(self.earliest.data, self.latest.data, self.pleasant_from.data, self.pleasant_until.data)
        severities = {kind: Severity(self[name(kind)].data) for kind in kinds.Kind}
        return Settings(self.opens.data, self.closes.data, limits, self.walking.data, self.most.data, severities)

    @staticmethod
    def of(chosen: Settings) -> dict[str, Any]:
        """What the form shows at first."""
        limits = chosen.limits
        return {
            "opens": chosen.opens,
            "closes": chosen.closes,
            "earliest": limits.earliest,
            "latest": limits.latest,
            "pleasant_from": limits.pleasant_from,
            "pleasant_until": limits.pleasant_until,
            "walking": chosen.walking,
            "most": chosen.most,
        } | {name(kind): word.value for kind, word in chosen.severities.items()}


def name(kind: kinds.Kind) -> str:
    """The field of a kind's severity."""
    return "on_" + kind.value.replace(" ", "_")


def _severity(kind: kinds.Kind) -> SelectField:
    words = {Severity.IGNORE: _l("Pass over"), Severity.WARN: _l("Warn"), Severity.BLOCK: _l("Stop publishing")}
    choices = [SelectChoice(each.value, word) for each, word in words.items()]
    return SelectField(LABELS[kind], [asked(_l("Choose one of these."))], choices=choices)


for _kind in kinds.Kind:
    setattr(RulesForm, name(_kind), _severity(_kind))
