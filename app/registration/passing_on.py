"""Letters about somebody without an address: they go to those who answer for the city, and say for whom they are.

They hold no link to the person's own page, which shows what the office may not see, and nothing of what the person
told in confidence or alone can agree to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.delegations.models import FocalPoint, focal_secret
from app.outbox import Beginning, Letter, Opening, Rendered, begin, opens, renders
from app.outbox.openings import sentences
from app.registration import letters
from app.registration.news import Facts, News, news_of, person, written
from app.web import absolute

PRIVATE = frozenset({"needs", "listed", "shared", "page_link", "calendar_link", "join_link"})
"""Details that are nobody's but the person's."""


def to_focal(facts: Facts, letter: Letter, focal: FocalPoint) -> Letter | None:
    """The letter as it goes to one who answers for the city; None when it tells of private things alone.

    `facts` are those of notices.py.
    """
    changes = [each for each in letter.facts.get("changes", ()) if each[0] not in PRIVATE]
    if letter.kind == "changed" and not changes:
        return None
    told: dict[str, Any] = {
        "about": letter.kind,
        "by": letter.facts.get("by", ""),
        "changes": changes,
        "focal": focal.uid,
        "focal_generation": focal.link_generation,
        "focal_name": focal.name,
    }
    return Letter(
        kind="passed on",
        key=f"passed on/{letter.key}/{focal.uid}",
        to=focal.email,
        to_name=focal.name,
        facts=dict(facts) | told,
        language=focal.language,
        event_id=letter.event_id,
        reply_to=letter.reply_to,
        sender_name=letter.sender_name,
        until=letter.until,
    )


opens(
    Opening(
        "passed-on",
        _l("the city’s focal points"),
        _l("when there is news for somebody who has no address with us; what it says to them follows"),
        _l("For {name}: {news}"),
        (_l("{name} has no address of their own with us, so this comes to you. Please pass it on; it says to them:"),),
        letters.OFFERS | {"news": _l("the subject of the letter that is passed on")},
    )
)


@renders("passed on")
def _passed_on(facts: Facts, language: str) -> Rendered:
    about = ABOUT[facts["about"]](facts) if facts["about"] in ABOUT else news_of(facts["about"], facts)
    lead = begin("passed-on", facts, {**letters.said_of(facts), "news": about.lead.subject}).then(about.lead)
    rows = [each for each in about.rows if each[1]]
    secret = focal_secret(facts["focal"], facts["focal_generation"])
    ways = [(_("Open your delegation’s page"), absolute("office.page", token=secret))]
    return written(News(lead, rows, []), ways, facts, facts["focal_name"], language)


def _confirmed(facts: Facts) -> News:
    said = _("The registration is confirmed. At the registration desk, please show the reference.")
    return News(_headed("confirmation", facts, said), person(facts), [])


def _changed(facts: Facts) -> News:
    rows = [letters.changed_row(*each) for each in facts["changes"]]
    return News(_headed("changed", facts, _("This is new:")), [*person(facts), *rows], [])


def _withdrawn(facts: Facts) -> News:
    return News(_headed("withdrawn", facts, _("The place is free for somebody else.")), person(facts), [])


def _headed(name: str, facts: Facts, said: str) -> Beginning:
    """The person's letter in one sentence: the rest of its words speak of links that only the person gets."""
    return replace(sentences(said), subject=begin(name, facts, letters.said_of(facts)).subject)


ABOUT: dict[str, Callable[[Facts], News]] = {"confirmation": _confirmed, "changed": _changed, "withdrawn": _withdrawn}
"""What letters say whose words speak of the person's own page, and those of later rooms."""
