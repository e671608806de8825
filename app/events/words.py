"""The words for ways of taking part, for all rooms that write in Python; templates have theirs in layout/words.html."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.events.models import Mode

MODES = {Mode.VENUE: _l("At the venue"), Mode.ONLINE: _l("Online"), Mode.VIDEO: _l("By video message")}
"""As they stand alone: on a label, in a list of choices."""


def mode_word(mode: Mode | str) -> str:
    """As it stands in a sentence: "at the venue"."""
    said: dict[str, str] = {Mode.VENUE: _("at the venue"), Mode.ONLINE: _("online"), Mode.VIDEO: _("by video message")}
    return said[mode]
