"""Whether people may register for an event now, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app import clock
from app.events.models import Event
from app.web.wording import moment


@dataclass(frozen=True)
class Standing:
    """How the register of an event stands: whether people may register, and the sentence that says so."""

    open: bool
    why: str
    """Names the sentence."""
    at: datetime | None = None
    zone: str = ""

    @property
    def sentence(self) -> str:
        """In the reader's language; made when it is read, which on most ways through the register it is not."""
        said = str(SENTENCES[self.why])
        return said % {"moment": moment(self.at, self.zone)} if self.at else said


SENTENCES = {
    "over": _l("This summit is over. Its programme and what came of it can still be read."),
    "opens": _l("Registration opens on %(moment)s."),
    "closed": _l("Registration closed on %(moment)s."),
    "nowhere": _l("Nobody can register for this summit here at present."),
    "open": _l("Registration is open."),
    "closes": _l("Registration is open until %(moment)s."),
}


def standing(event: Event, now: datetime) -> Standing:
    """How the register of this event stands at `now`."""
    opens, closes = event.registration_opens, event.registration_closes
    if is_over(event, now):
        return Standing(False, "over")
    if opens is not None and now < opens:
        return Standing(False, "opens", opens, event.zone)
    if closes is not None and now >= closes:
        return Standing(False, "closed", closes, event.zone)
    if opens is None:
        return Standing(False, "nowhere")
    return Standing(True, "closes", closes, event.zone) if closes else Standing(True, "open")


def is_over(event: Event, now: datetime) -> bool:
    """Whether the last day of the summit is past, by the clocks of its zone."""
    return clock.local(now, event.zone).date() > event.ends_on
