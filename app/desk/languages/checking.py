"""What to look at before publishing: words in other languages that were made from an older text."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.db import db
from app.events.models import Event
from app.publishing.checks import JUDGES, Check, Finding
from app.publishing.originals import State, draft_of
from app.web.wording import language_name


def out_of_date(event_id: int) -> Iterator[Check]:
    """Nothing of a summit that is told in one language. Eight queries, one where that is so."""
    event = db.session.get_one(Event, event_id)
    if not event.languages:
        return
    draft = draft_of(event)
    found = tuple(
        Finding(f"{code}/{'/'.join(line.name)}", line.code, line.called, language_name(code))
        for code in draft.languages
        for line in draft.lines
        if draft.state(line, code) == State.OUT_OF_DATE
    )
    yield Check("out of date", _("Words in other languages made from an older text"), found, mend="languages.overview")


JUDGES.append(out_of_date)
