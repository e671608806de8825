"""What tells people from programs that fill in forms, without asking people anything or telling a third party."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, TimestampSigner
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from app.accounts import brake
from app.web import Form

HURRY = timedelta(seconds=5)
"""Nobody reads the page and fills it in within this time; a browser that fills in all by itself may."""
AN_HOUR = timedelta(hours=1)
REGISTRATIONS = 100
"""How many may register from one network in an hour: a delegation behind one address, but no flood of letters."""
HURRIED = 20
"""How many beside them may come faster than anybody types, or without saying when their page was opened."""


class Guarded(Form):
    """A form that anybody may send."""

    homepage = StringField(
        _l("Leave this empty"),
        [Length(max=0, message=_l("Something filled in a field that people do not see. Press the button again."))],
        render_kw={"autocomplete": "off", "tabindex": "-1"},
    )
    """No person sees it, by eye, ear or keyboard; programs fill in whatever they find."""
    opened = HiddenField()
    """The submit key with the moment at which the form was first shown, signed: one form cannot lend its age to
    another."""

    def show(self) -> None:
        """To be called before the page is made: the form keeps when it was opened, and the trap is empty again."""
        if self.homepage.errors:
            self.form_errors.extend(self.homepage.errors)
            self.homepage.errors, self.homepage.data = [], ""
        if self._opened_at() is None:
            self.opened.data = stamp(self.submit_key.data or "")

    def hurried(self, now: datetime) -> bool:
        """Whether it came back faster than anybody types."""
        opened = self._opened_at()
        return opened is None or now - opened < HURRY

    def _opened_at(self) -> datetime | None:
        try:
            key, at = _signer().unsign(self.opened.data or "", return_timestamp=True)
        except BadSignature:
            return None
        return at if key.decode() == self.submit_key.data else None


def stamp(submit_key: str) -> str:
    """The submit key with the present moment, signed: what the field `opened` of a form holds that is shown now."""
    return _signer().sign(submit_key).decode()


def too_many(network: str, hurried: bool, now: datetime) -> str:
    """Count one registration from a network. What is too much: "all", "hurried", or nothing. Inside a write."""
    if hurried:
        return "" if brake.allowed("hurried registration", network, HURRIED, AN_HOUR, now) else "hurried"
    return "" if brake.allowed("registration", network, REGISTRATIONS, AN_HOUR, now) else "all"


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="when a form was opened")
