"""What the former address is told when an organiser sends a letter elsewhere, for the case that it was right."""

from __future__ import annotations

from flask_babel import gettext as _

from app.events.models import Event
from app.outbox import Letter, Message, Rendered, renders
from app.registration.news import Facts, News, written


def redirected(letter: Message, event: Event, by: str) -> Letter:
    """To the address that a letter no longer goes to. It holds no link."""
    return Letter(
        kind="redirected",
        key=f"redirected/{event.slug}/{letter.id}",
        to=letter.to,
        to_name=letter.to_name,
        facts={
            "name": letter.to_name,
            "by": by,
            "summit": event.title,
            "note": event.note,
            "reply_to": event.reply_to,
        },
        language=letter.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


@renders("redirected")
def _redirected(facts: Facts, language: str) -> Rendered:
    news = News(
        _("A letter to you was sent to another address: %(summit)s", summit=facts["summit"]),
        [
            _("%(by)s of the organisers took this address for a wrong one.", by=facts["by"]),
            _("If it is right, please say so: somebody else may be getting letters that are yours."),
        ],
        [(_("The letter was to"), facts["name"])],
        [],
    )
    return written(news, [], facts, facts["name"], language)
