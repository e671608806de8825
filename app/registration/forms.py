"""What a delegate fills in: which fields belong to which way of taking part, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from app import clock, tokens
from app.events.models import Mode
from app.events.words import MODES
from app.outbox.tongues import TONGUES, tongue
from app.registration.bots import Guarded
from app.registration.fields import (
    Asked,
    AtMost,
    LongSelect,
    is_address,
    is_telephone,
    readable,
    telephone,
    zone_choices,
)
from app.registration.models import Delegate, Needs
from app.registration.service import COLUMNS, Application, Details
from app.web import Form, lines, new_key, one_line, reading

HONORIFICS = ("H.E.", "Hon.", "Mr.", "Ms.", "Mrs.", "Mx.", "Dr.", "Prof.")
SPOKEN = ("Arabic", "Chinese", "English", "French", "Japanese", "Korean", "Portuguese", "Russian", "Spanish")
DIETS = ("Vegetarian", "Vegan", "Halal", "Kosher", "No gluten", "No lactose")
CHOOSE = _l("Choose how you take part.")


SUGGESTIONS = {"honorifics": HONORIFICS, "diets": DIETS, "spoken": SPOKEN}
"""Words that the pages with these forms offer without forcing them."""


class AgreedIfTold:
    """What somebody at the venue eats and needs is stored only if they agree to that (GDPR 9.2 a)."""

    def __call__(self, form: Any, field: Any) -> None:
        if form.mode.data != Mode.VENUE.value or field.data:
            return
        if form.dietary.data or form.access.data:
            raise StopValidation(_("Tick this, or empty the fields about food and access."))
        if form.held is not None and not form.forget.data:
            raise StopValidation(_("Tick this, or have deleted what is stored of food and access."))


@dataclass(frozen=True)
class Held:
    """What is stored of somebody's food and access. No form shows it again: whoever came by a link reads none of it
    (rule 9.18 of the domain)."""

    dietary: str
    access: str

    @staticmethod
    def of(needs: Needs | None) -> Held | None:
        return Held(needs.dietary, needs.access) if needs else None


def _is_code(form: Any, field: Any) -> None:
    if len(tokens.typed(field.data)) != 11:
        raise ValidationError(_("A city's code has ten letters and figures."))


def _is_mode(form: Any, field: Any) -> None:
    if field.data not in {each.value for each in field.choices}:
        raise StopValidation(str(CHOOSE))


class CodeForm(Form):
    """The question that comes first."""

    code = StringField(
        _l("City code"),
        [Asked(_l("Enter the code of your city.")), _is_code],
        [one_line],
        description=_l("Ten letters and figures that your city's office gave you, such as 7K4M9-QXPW2."),
    )


def _forget() -> BooleanField:
    return BooleanField(_l("Delete what is stored of food and access"))


class DetailsForm(Form):
    """What a person tells of themselves; the fields of the two other modes are neither demanded nor kept."""

    held: Held | None = None
    """What is stored of food and access: fields that are left empty keep it, unless it is to be forgotten."""

    mode = RadioField(_l("How do you take part?"), [Asked(CHOOSE), _is_mode], validate_choice=False)
    honorific = StringField(
        _l("Form of address"),
        [Asked(), AtMost(40)],
        [one_line],
        description=_l("As it stands before your name, such as Dr. or H.E."),
    )
    name = StringField(
        _l("Name"),
        [Asked(_l("Enter your name.")), AtMost(200), readable],
        [one_line],
        description=_l("As it shall be shown, in any script and order. We never turn it around."),
    )
    family_name = StringField(_l("Family name"), [Asked(), AtMost(120)], [one_line])
    given_name = StringField(_l("Given name"), [Asked(), AtMost(120)], [one_line])
    position = StringField(
        _l("Position"),
        [Asked(_l("Enter your position.")), AtMost(200), readable],
        [one_line],
        description=_l("Your office or function, such as Deputy Mayor."),
    )
    organisation = StringField(
        _l("Organisation"),
        [Asked(_l("Enter your organisation.")), AtMost(200), readable],
        [one_line],
        description=_l("The body you work for, such as the city government."),
    )
    email = StringField(
        _l("Email"),
        [Asked(_l("Enter an email address.")), AtMost(254), is_address],
        [one_line],
        description=_l("Your confirmation goes there. Several people may share one address."),
    )
    mobile = StringField(
        _l("Mobile telephone"),
        [Asked(_l("Enter a number at which you can be reached on the day."), Mode.VENUE), AtMost(40), is_telephone],
        [one_line],
        description=_l("With the country, as in +81 90 1234 5678. Only the organisers and your city’s office see it."),
    )
    dietary = StringField(_l("What you eat"), [Asked(mode=Mode.VENUE), AtMost(300)], [one_line])
    access = TextAreaField(
        _l("What you need to get about and to follow"), [Asked(mode=Mode.VENUE), AtMost(500)], [lines]
    )
    agreed = BooleanField(
        _l("I agree that the organisers store this to look after me"),
        [AgreedIfTold()],
        description=_l("Only if you filled in one of the two. Empty both to take it back: then all of it is deleted."),
    )
    zone = SelectField(
        _l("Time zone you will be in"),
        [Asked(mode=Mode.ONLINE)],
        validate_choice=False,
        widget=LongSelect(),
        description=_l("So that no session is put at an hour when you sleep."),
    )
    platform_name = StringField(
        _l("Name you will show on the platform"),
        [Asked(mode=Mode.ONLINE), AtMost(120)],
        [one_line],
        description=_l("Leave it empty if it is your name as above."),
    )
    video_language = StringField(
        _l("Language spoken in the message"),
        [Asked(_l("Enter the language of the message."), Mode.VIDEO), AtMost(60)],
        [one_line],
    )
    language = SelectField(
        _l("Letters in"),
        choices=[SelectChoice(code, name) for code, name in TONGUES.items()],
        default=reading.language,
        description=_l("The language in which we write to you."),
    )
    listed = BooleanField(
        _l("Show my name, position and city in the public list of participants"),
        description=_l("You can change this at any time."),
    )
    shared = BooleanField(
        _l("Show my name, position, city and way of taking part to the other participants"),
        description=_l("In a list that only people whose registration is approved can open. You can change this too."),
    )

    def offer(self, left: Mapping[Mode, bool]) -> dict[str, str]:
        """Let the person choose among these modes; what is to be said of those in which no place is left."""
        self.mode.choices = [SelectChoice(mode.value, MODES[mode]) for mode in left]
        self.zone.choices = zone_choices()
        if self.zone.data and self.zone.data not in {each.value for each in self.zone.choices}:
            self.zone.choices.append(SelectChoice(self.zone.data))
        return {mode.value: _("No place is left.") for mode, free in left.items() if not free}

    def validate_zone(self, field: Any) -> None:
        if field.data and not clock.is_zone(field.data):
            raise ValidationError(_("There is no time zone of that name."))

    def details(self) -> Details:
        """What was told, once it is valid: without the fields of other modes."""
        mode = Mode(self.mode.data)
        told = self._told()
        venue, online, video = (mode == each for each in (Mode.VENUE, Mode.ONLINE, Mode.VIDEO))
        return Details(
            mode=mode,
            honorific=self.honorific.data,
            name=self.name.data,
            family_name=self.family_name.data,
            given_name=self.given_name.data,
            position=self.position.data,
            organisation=self.organisation.data,
            email=self.email.data,
            mobile=telephone(self.mobile.data) if venue else "",
            dietary=told.dietary if venue else "",
            access=told.access if venue else "",
            agreed=self.agreed.data and venue,
            zone=self.zone.data or "" if online else "",
            platform_name=self.platform_name.data if online else "",
            video_language=self.video_language.data if video else "",
            language=self.language.data,
            listed=self.listed.data,
            shared=self.shared.data,
        )

    def _told(self) -> Held:
        typed = Held(self.dietary.data, self.access.data)
        if self.held is None or self["forget"].data:
            return typed
        return Held(typed.dietary or self.held.dietary, typed.access or self.held.access)

    def renewed(self, **values: str) -> None:
        """Put new values into hidden fields, and say what was wrong with the old ones at the head of the form."""
        for name, value in values.items():
            field = self[name]
            if field.errors:
                self.form_errors.extend(field.errors)
                field.errors, field.data = [], value


class RegistrationForm(Guarded, CodeForm, DetailsForm):
    """The register: whoever has a city's code, or its focal point's link, enters one person."""

    privacy = BooleanField(
        _l("I have read how these data are used"), [Asked(_l("Read how the data are used, and tick that you have."))]
    )

    def prepare(self, left: Mapping[Mode, bool], city_known: bool) -> dict[str, str]:
        """Offer the modes, and ask no code of those whose link tells the city. Returns what `offer` does."""
        if city_known:
            del self.code
        return self.offer(left)

    def application(self, delegation_id: int) -> Application:
        """What is asked for, for this delegation. A form without a key of its own gets one: it is like no other."""
        key = self.submit_key.data or ""
        return Application(key if len(key) >= 16 else new_key(), delegation_id, self.details())


class CompleteForm(DetailsForm):
    """Somebody who was named fills in the rest; it can be saved half-way, and is judged only when it is sent."""

    privacy = BooleanField(
        _l("I have read how these data are used"), [Asked(_l("Read how the data are used, and tick that you have."))]
    )
    forget = _forget()
    drafts_needs = True
    """What is saved half-way holds needs too, so they are to be agreed to."""
    save = HiddenField()
    """What the button that saves half-way sends."""

    @staticmethod
    def of(delegate: Delegate, draft: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the form shows at first: what was saved half-way, or else what is stored."""
        return ChangeForm.of(delegate) | dict(draft or {})

    def values(self) -> dict[str, Any]:
        """What was typed, for a draft, whether it is right or not; the tick of the privacy note is asked again.

        Needs are in it only with the tick that agrees to have them stored.
        """
        names = (*COLUMNS, "mode", *(("dietary", "access", "agreed") if self.agreed.data else ()))
        typed = {name: self[name].data for name in names}
        return {name: value[:1000] if isinstance(value, str) else value for name, value in typed.items() if value}

    def may_be_saved(self) -> bool:
        """Whether it can be kept as it is, right or not; not a page that came from elsewhere, nor needs that the person
        does not agree to have stored."""
        self.validate()
        unagreed = self.agreed.errors if self.drafts_needs else []
        for field in self:
            field.errors = []
        self.agreed.errors = unagreed
        return not (self.form_errors or unagreed)


class BehalfForm(CompleteForm):
    """The city's office fills in the same for a person, who may have no address of their own."""

    drafts_needs = False

    email = StringField(
        _l("Email"),
        [Asked(), AtMost(254), is_address],
        [one_line],
        description=_l("Letters about this registration go there. Without one, your office gets them."),
    )
    privacy = BooleanField(
        _l("The person knows that I give these data, and how they are used"),
        [Asked(_l("Tell the person first, and tick that they know."))],
    )


UNSEEN = {"version", "dietary", "access"}
"""What is not compared with what is stored, where people have to choose."""


class ChangeForm(DetailsForm):
    """The same details, to be corrected; it carries the version that the person saw."""

    forget = _forget()
    version = HiddenField()

    @staticmethod
    def of(delegate: Delegate) -> dict[str, Any]:
        """What the form shows at first: all but what is stored of food and access."""
        needs = delegate.needs
        return {name: getattr(delegate, name) for name in COLUMNS} | {
            "mode": delegate.mode.value,
            "language": tongue(delegate.language),
            "dietary": "",
            "access": "",
            "agreed": needs is not None and needs.agreed_at is not None,
            "version": str(delegate.version),
        }

    @property
    def seen(self) -> int:
        """The version that the person saw; 0, which none is, when the form was tampered with."""
        return int(self.version.data) if re.fullmatch(r"[0-9]{1,9}", self.version.data or "") else 0

    def differing(self, delegate: Delegate) -> list[tuple[str, str]]:
        """What is stored otherwise than it stands in the form, for somebody who has to choose: (label, stored)."""
        words = (
            {each.value: each.label for each in self.mode.choices}
            | TONGUES
            | {"True": _("yes"), "False": _("no"), "": "–"}
        )
        stored = {name: value for name, value in self.of(delegate).items() if name not in UNSEEN}
        return [
            (self[name].label.text, words.get(str(value), str(value)))
            for name, value in stored.items()
            if self[name].data != value
        ]
