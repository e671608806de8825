"""Words for what stands in a programme: times, modes and parts, as pages and letters use them."""

from __future__ import annotations

from flask_babel import gettext as _

from app import clock
from app.publishing.differences import Moment
from app.web.wording import clock_time, day_short


def moment_words(moment: Moment, zone: str, *, dated: bool = True) -> str:
    """As in "Tue 28 Feb, 11:50–13:10"; without the day where nobody needs it."""
    if moment.starts is None or moment.ends is None:
        if moment.day is None:
            return str(_("during the summit, to be announced"))
        return str(_("%(day)s, time to be announced", day=day_short(moment.day)))
    span = f"{clock_time(moment.starts, zone)}–{clock_time(moment.ends, zone)}"
    return str(_(", ")).join([day_short(clock.local(moment.starts, zone).date()), span]) if dated else span


def mode_word(mode: str) -> str:
    words = {
        "venue": _("at the venue"),
        "online": _("online"),
        "video": _("by video message"),
        "": _("mode to be confirmed"),
    }
    return str(words.get(mode, mode))


PARTS = tuple("moderator keynote speaker panellist presiding rapporteur observer signatory participant".split())


def part_word(part: str) -> str:
    """As what somebody appears, one of `PARTS`."""
    words = {
        "moderator": _("Moderator"),
        "keynote": _("Keynote speaker"),
        "speaker": _("Speaker"),
        "panellist": _("Panellist"),
        "presiding": _("Presiding"),
        "rapporteur": _("Rapporteur"),
        "observer": _("Observer"),
        "signatory": _("Signatory"),
        "participant": _("Participant"),
    }
    return str(words.get(part, part.replace("_", " ").capitalize()))
