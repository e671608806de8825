"""The session of a video message in the words of one reader's language."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.events.models import Event
from app.events.said import teller_of
from app.videos.models import VideoMessage
from app.web.wording import language


def sayer(event: Event, spoken: str = "") -> Callable[[VideoMessage], str]:
    """Says the title of the session in which a message is played, in `spoken`, by default the reader's language; ""
    for one that is for no session, or whose session is nobody's to know.

    Two queries, none where the summit does not speak that language.
    """
    spoken = spoken or language()
    tell = teller_of(event, "session", spoken)
    uids: dict[str, str] = {}
    if spoken in event.languages:
        rows = db.session.execute(select(Session.code, Session.uid).where(Session.event_id == event.id))
        uids = {row.code: row.uid for row in rows}
    return lambda message: tell("session", uids.get(message.session_code, ""), "title", message.session_title)
