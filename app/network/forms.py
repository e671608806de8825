"""What organisers type about members, and how they say what a file of members means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FormField,
    HiddenField,
    SearchField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app import ical
from app.network import dates
from app.network.columns import COLUMNS
from app.network.importing import NEW, Verdict
from app.network.models import Kind, Member, Standing
from app.network.places import countries
from app.network.service import Details, Past, Term, details_of, mark
from app.web import Form, choices, lines

KINDS = {
    Kind.CITY: _l("City"),
    Kind.METROPOLIS: _l("Metropolis"),
    Kind.CITY_STATE: _l("City state"),
    Kind.STATE: _l("State or province"),
    Kind.COUNTY: _l("County"),
    Kind.ASSOCIATION: _l("Association"),
    Kind.NGO: _l("Non-governmental organisation"),
    Kind.OTHER: _l("Other"),
}
STANDINGS = {
    Standing.FULL: _l("Full member"),
    Standing.ASSOCIATE: _l("Associate member"),
    Standing.OBSERVER: _l("Observer"),
}
COLUMN_WORDS = {
    "slug": _l("ID: its name in addresses"),
    "name": _l("Name"),
    "aliases": _l("Also called"),
    "kind": _l("Kind"),
    "standing": _l("Standing"),
    "since": _l("Since"),
    "until": _l("Until: when it left"),
    "country": _l("Country"),
    "country_printed": _l("Country printed: yes or no"),
    "disambiguator": _l("Which place of this name"),
    "zone": _l("Time zone"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
    "region": _l("Region"),
    "offices": _l("Offices"),
    "note": _l("Note"),
}
EMPTY_ROWS = 2
OFFICES = ("chair", "executive", "secretariat", "host", "president emeritus")
"""What posts are usually called."""
AS_KNOWN = _l("Write as much as is known: “2013”, “2013-11” or “2013-11-05”.")


def _line(text: str | None) -> str:
    return " ".join(ical.clean(text or "").split())


def _choices(words: Mapping[Any, Any], none: Any) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(str(value), word) for value, word in words.items())]


def _most(number: int) -> Length:
    return Length(max=number, message=_l("At most %(max)d characters."))


class KnownDate(StringField):  # type: ignore[misc]
    """A date as far as it is known; the data is ISO 8601, cut where knowledge ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, filters=[_line], **kwargs)

    def pre_validate(self, form: wtforms.Form) -> None:
        try:
            self.data: str = dates.read(self.data or "")
        except ValueError as fault:
            raise ValidationError(str(AS_KNOWN)) from fault


class FilterForm(wtforms.Form):  # type: ignore[misc]
    """Which members to list, and on which day their posts are looked at; read from the address."""

    q = SearchField(_l("Name"), filters=[_line])
    kind = SelectField(_l("Kind"), choices=_choices(KINDS, _l("All")))
    standing = SelectField(_l("Standing"), choices=_choices(STANDINGS, _l("All")))
    on = DateField(_l("Offices on the day"), [Optional()])

    def tidy(self) -> None:
        """A word that is no choice, and a day that is none, ask for nothing."""
        self.validate()
        for field in (self.kind, self.standing, self.on):
            if field.errors:
                field.data, field.raw_data, field.errors = (None if field is self.on else ""), [], []

    @property
    def narrows(self) -> bool:
        return bool(self.q.data or self.kind.data or self.standing.data)


class TermForm(wtforms.Form):  # type: ignore[misc]
    """One post held for a time."""

    name = StringField(_l("Office held"), [_most(40)], filters=[_line])
    since = KnownDate(_l("Since"))
    until = KnownDate(_l("Until"))
    former = BooleanField(_l("Ended"))
    remove = BooleanField(_l("Remove"))

    def term(self) -> Term:
        return Term(self.name.data.lower(), self.since.data, self.until.data, bool(self.former.data))


class PastForm(wtforms.Form):  # type: ignore[misc]
    """One standing before the present one."""

    standing = SelectField(_l("Standing"), choices=_choices(STANDINGS, _l("None")))
    since = KnownDate(_l("Since"))
    until = KnownDate(_l("Until"))
    remove = BooleanField(_l("Remove"))

    def past(self) -> Past:
        return Past(Standing(self.standing.data), self.since.data, self.until.data)


class MemberForm(Form):
    """A member in full."""

    name = StringField(_l("Name"), [InputRequired(_l("A member needs a name.")), _most(120)], filters=[_line])
    disambiguator = StringField(_l("Which place of this name"), [_most(120)], filters=[_line])
    aliases = TextAreaField(_l("Also called"), [_most(2000)], filters=[lines])
    kind = SelectField(_l("Kind"), [InputRequired(_l("Choose a kind."))], choices=_choices(KINDS, _l("Choose")))
    standing = SelectField(_l("Standing"), choices=_choices(STANDINGS, _l("Not stated")))
    since = KnownDate(_l("Since"))
    until = KnownDate(_l("Left"))
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))], choices=[])
    country_printed = BooleanField(_l("Print the country beside the name"), default=True)
    zone = StringField(
        _l("Time zone"), [InputRequired(_l("Choose a time zone, written as Area/City.")), _most(60)], filters=[_line]
    )
    latitude = DecimalField(_l("Latitude"), [Optional(), NumberRange(-90, 90, _l("From −90 to 90."))], places=None)
    longitude = DecimalField(
        _l("Longitude"), [Optional(), NumberRange(-180, 180, _l("From −180 to 180."))], places=None
    )
    region = StringField(_l("Region"), [_most(60)], filters=[_line])
    note = TextAreaField(_l("Note"), [_most(500)], filters=[lines])
    offices = FieldList(FormField(TermForm))
    past = FieldList(FormField(PastForm))
    takes_over = BooleanField(_l("Whoever held a new post until now holds it no more"))
    seen = HiddenField()

    def prepare(self) -> None:
        """Fill in the countries, and add empty lines for more."""
        known = {code: name for code, name in choices.countries() if code in countries()}
        self.country.choices = _choices(known, _("Choose"))
        if not self.is_submitted():
            for _place in range(EMPTY_ROWS):
                self.offices.append_entry()
            self.past.append_entry()

    def validate_aliases(self, field: Any) -> None:
        if any(len(each) > 120 for each in field.data.splitlines()):
            raise ValidationError(_("A name has at most %(num)s characters.", num=120))

    def details(self) -> Details:
        east, north = self.longitude.data, self.latitude.data
        return Details(
            name=self.name.data,
            kind=Kind(self.kind.data),
            country=self.country.data,
            zone=self.zone.data,
            standing=Standing(self.standing.data) if self.standing.data else None,
            since=self.since.data,
            until=self.until.data,
            country_printed=bool(self.country_printed.data),
            disambiguator=self.disambiguator.data,
            latitude=None if north is None else float(north),
            longitude=None if east is None else float(east),
            region=self.region.data,
            note=self.note.data,
            aliases=tuple(dict.fromkeys(each for each in map(_line, self.aliases.data.splitlines()) if each)),
            offices=tuple(
                each.form.term() for each in self.offices if each.form.name.data and not each.form.remove.data
            ),
            past=tuple(each.form.past() for each in self.past if each.form.standing.data and not each.form.remove.data),
        )


def member_values(row: Member) -> dict[str, Any]:
    """A stored member as the values of its form."""
    details = details_of(row)
    values = vars(details) | {"aliases": "\n".join(details.aliases), "seen": mark(details)}
    values |= {"kind": details.kind.value, "standing": details.standing.value if details.standing else ""}
    values["offices"] = [vars(each) for each in details.offices]
    values["past"] = [vars(each) | {"standing": each.standing.value} for each in details.past]
    return values


class RemoveForm(Form):
    """The press of the button is all there is."""


class ColumnsForm(Form):
    """What each column of the file is, and what holds for rows that do not say."""

    columns = FieldList(
        SelectField(_l("Column"), choices=_choices(COLUMN_WORDS, _l("Leave out")), validate_choice=False)
    )
    kind = SelectField(_l("Kind of new members, where the file does not say"), choices=_choices(KINDS, _l("City")))
    standing = SelectField(
        _l("Standing of new members, where the file does not say"), choices=_choices(STANDINGS, _l("Not stated"))
    )

    def fields(self, width: int) -> list[str]:
        """The field of each of the file's columns; whatever is no field is left out."""
        given = [each.data if each.data in COLUMNS else "" for each in self.columns]
        return [*given[:width], *[""] * (width - len(given))]


class ChoiceForm(wtforms.Form):  # type: ignore[misc]
    """What a doubtful row is."""

    number = HiddenField()
    what = SelectField(_l("It is"), choices=[], validate_choice=False)


class LoadForm(Form):
    """What doubtful rows are, and the press that loads the file."""

    choices = FieldList(FormField(ChoiceForm))
    seen = HiddenField()

    def prepare(self, doubtful: Iterable[Verdict]) -> None:
        """Offer each doubtful row what it may be; what was chosen stays."""
        chosen = self.chosen()
        while self.choices.entries:
            self.choices.pop_entry()
        for each in doubtful:
            line = self.choices.append_entry({"number": each.number, "what": chosen.get(each.number, "")})
            line.form.what.choices = [
                SelectChoice("", _("left out")),
                *(SelectChoice(like.slug, _("%(name)s, a member already", name=like.name)) for like in each.like),
                SelectChoice(NEW, _("a new member")),
            ]

    def chosen(self) -> dict[int, str]:
        """Number of a row -> what was chosen for it."""
        rows = ((each.form.number.data or "", each.form.what.data or "") for each in self.choices)
        return {int(number): what for number, what in rows if number.isdecimal() and len(number) < 9}
