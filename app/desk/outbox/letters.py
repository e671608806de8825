"""What the former address is told when an organiser sends a letter elsewhere, for the case that it was right."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.events.models import Event
from app.outbox import Letter, Message, Opening, Rendered, begin, opens, renders
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


opens(
    Opening(
        "redirected",
        _l("the address that a letter no longer goes to"),
        _l("when an organiser sends a letter to another address"),
        _l("A letter to you was sent to another address: {summit}"),
        (
            _l("{by} of the organisers took this address for a wrong one."),
            _l("If it is right, please say so: somebody else may be getting letters that are yours."),
        ),
        {"name": _l("name of the person"), "by": _l("who did it"), "summit": _l("title of the summit")},
    )
)


@renders("redirected")
def _redirected(facts: Facts, language: str) -> Rendered:
    said = {name: facts[name] for name in ("name", "by", "summit")}
    news = News(begin("redirected", facts, said), [(_("The letter was to"), facts["name"])], [])
    return written(news, [], facts, facts["name"], language)
