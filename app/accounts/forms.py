"""The forms of signing in, and of what guards an account. What passwords must be is Flask-Security's to say."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import (
    EmailValidation,
    EqualToLocalize,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    email_required,
    password_required,
    valid_user_email,
)
from flask_security.utils import hash_password
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError
from zxcvbn import zxcvbn

from app.web import Form, heard
from app.web.forms import one_line

OURS = ("plenary", "summit", "leaders", "g-nets", "gnets", "organiser")
"""Words that everybody here would think of first."""
NEW, AGAIN = _l("New password"), _l("The same again")
GOOD = _l("At least 12 characters; a few words in a row are easy to remember and hard to guess.")
STRONG = 3
"""Of 4, as zxcvbn counts."""


class Slowed:
    """A form that is not looked at while its brake is on: `g.slowed` is the sentence that says until when."""

    form_errors: list[str]

    def validate(self, **kwargs: Any) -> bool:
        if sentence := g.get("slowed"):
            self.form_errors.append(sentence)
            return False
        valid: bool = super().validate(**kwargs)  # type: ignore[misc]
        return valid


class SignInForm(Slowed, LoginForm):
    """The address and the password; `next` is where the person wanted to go."""

    email = EmailField(
        _l("Email address"),
        validators=[email_required, EmailValidation(verify=False)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"), validators=[password_required], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()
    remember = None
    submit = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # theirs is a link, and stands in our page elsewhere

    def validate(self, **kwargs: Any) -> bool:
        right = super().validate(**kwargs)
        if not right and not g.get("slowed"):
            heard.tell("sign-in refused")
        return right

    def validate_next(self, field: HiddenField) -> None:
        """Nothing to do: addresses that are not ours do not come as far as this (views.drop_foreign)."""


class ForgottenForm(Slowed, ForgotPasswordForm):
    """The address to which the link goes, if there is an account."""

    email = EmailField(
        _l("Email address"),
        validators=[email_required, EmailValidation(verify=True), valid_user_email],
        render_kw={"autocomplete": "username"},
    )
    submit = None

    def validate(self, **kwargs: Any) -> bool:
        known = super().validate(**kwargs)
        if known:
            hash_password("")  # for an unknown address Flask-Security hashes: the answer must take as long here
        return known


class PasswordForm(ResetPasswordForm):
    """A new password, twice."""

    password = PasswordField(
        NEW,
        description=GOOD,
        validators=[password_required],
        render_kw={"autocomplete": "new-password"},
    )
    password_confirm = PasswordField(
        AGAIN,
        validators=[EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"), password_required],
        render_kw={"autocomplete": "new-password"},
    )
    submit = None

    def validate_password(self, field: PasswordField) -> None:
        """Not one of the many that are tried first."""
        hard_to_guess(field.data or "", getattr(getattr(self, "user", None), "email", ""))


def hard_to_guess(password: str, email: str) -> None:
    """Raises ValidationError for one of the many that are tried first, or one made of our name or that of `email`
    (zxcvbn, 10^8 guesses at least)."""
    # 12 and 128: what is shorter or longer is refused for that (security.FIXED)
    known = [*OURS, *re.split(r"\W+", email)]
    typed = password[:72]  # it looks at every part of the word, so a long one would take long
    if 12 <= len(password) <= 128 and zxcvbn(typed, user_inputs=known)["score"] < STRONG:
        raise ValidationError(_("Such a password is tried first by those who guess. Take a few words in a row."))


class CodeForm(Form):
    """A code of an app, or one kept on paper."""

    code = StringField(
        _l("Code"),
        [DataRequired(_l("Type the code.")), Length(max=40, message=_l("This is too long to be a code."))],
        filters=[one_line],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class LetterCodeForm(CodeForm):
    """The code of a letter, and the address to which it went."""

    email = EmailField(
        _l("Email address"),
        [DataRequired(_l("Type your email address.")), Length(max=254, message=_l("This is not an email address."))],
        filters=[one_line],
        render_kw={"autocomplete": "username"},
    )


class AgainForm(Form):
    """The password once more."""

    password = PasswordField(
        _l("Your password"),
        [DataRequired(_l("Type a password.")), Length(max=128, message=_l("This is too long to be a password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ChangeForm(AgainForm):
    """The present password, and another one twice. `email`: whose. `chosen`: the other one as it is stored."""

    new_password = PasswordField(
        NEW,
        [DataRequired(_l("Type a password."))],
        description=GOOD,
        render_kw={"autocomplete": "new-password"},
    )
    new_password_again = PasswordField(
        AGAIN,
        [DataRequired(_l("Type a password.")), EqualTo("new_password", _l("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email, self.chosen = email, ""

    def validate_new_password(self, field: PasswordField) -> None:
        """As Flask-Security asks, which also says how it is stored: normalised."""
        faults, self.chosen = current_app.extensions["security"].password_util.validate(field.data or "", False)
        if faults:
            raise ValidationError(faults[0])
        hard_to_guess(self.chosen, self.email)


class PasskeyForm(Form):
    """A new key: how its owner calls it, and what the browser says of it."""

    name = StringField(
        _l("Name of the key"),
        [DataRequired(_l("Give the key a name.")), Length(max=60, message=_l("At most 60 characters."))],
        filters=[one_line],
        description=_l("So that you know it again: “My phone”, “Key on my ring”."),
        render_kw={"autocomplete": "off"},
    )
    credential = HiddenField()
