"""What people are told by mail of an allocation: a place at which of their wishes, or none and what stood against it.

Why a party found no room in a vehicle is told in the same words whether seats or step-free places were short, for
letters say nothing of what people need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.delegations.models import FocalPoint
from app.outbox import Letter, Opening, Rendered, begin, opens, renders
from app.outbox.letter import post_all
from app.planning.allocate.model import Why
from app.registration import notices, passing_on
from app.registration.letters import OFFERS, TO_PERSON, Rows, said_of, snapshot
from app.registration.models import Delegate, page_secret
from app.registration.news import News, written
from app.visits import letters
from app.visits.models import SignUp, Visit
from app.visits.said import Sayer, sayer
from app.web import absolute

Facts = Mapping[str, Any]

opens(
    Opening(
        "visit-wish-granted",
        TO_PERSON,
        _l("when a place on a visit is given to a wish"),
        _l("You have a place on the visit: {visit}"),
        (
            _l("{wish} Your place is certain. The visit stands in your calendar, and follows if anything is moved."),
            _l("If you cannot come, give the place back: somebody else wished for it."),
        ),
        OFFERS | letters.MORE | {"wish": _l("the sentence that says which of the person’s wishes it was")},
    )
)
opens(
    Opening(
        "visit-wish-missed",
        TO_PERSON,
        _l("when no place is left on any of the visits that somebody wished for"),
        _l("No place on the visits that you wished for: {summit}"),
        (
            _l(
                "More people wished for these visits than there are places. As many as possible got a place, and it"
                " made no difference who asked first; where all was equal, lots were drawn."
            ),
            _l("We are sorry that there is none for you:"),
        ),
        OFFERS,
    )
)


def send(letters_to: Iterable[tuple[Delegate, Letter]], now: datetime) -> None:
    """Post them with one statement; those for people without an address go to who answers for their city."""
    ready, offices = [], dict[int, list[FocalPoint]]()
    for delegate, letter in letters_to:
        if delegate.email:
            ready.append(letter)
            continue
        if delegate.delegation_id not in offices:
            offices[delegate.delegation_id] = notices.focal_points(delegate.delegation_id)
        passed = (passing_on.to_focal(letter.facts, letter, focal) for focal in offices[delegate.delegation_id])
        ready += [each for each in passed if each is not None]
    post_all(ready, now)


def granted(sign_up: SignUp, wish: int, who: str, sayer: Sayer = sayer) -> Letter:
    """A place, and which wish it was. The sign-up is loaded whole and has its place."""
    made = letters.made("visit wish granted", sign_up, who, sayer)
    return replace(made, facts={**made.facts, "entry": sign_up.told, "wish": wish})


def missed(
    delegate: Delegate,
    run: str,
    wishes: Sequence[tuple[Visit, Why]],
    listed: Visit | None,
    who: str,
    sayer: Sayer = sayer,
) -> Letter:
    """No place, and why: each wish with its reason. `listed` is the visit on whose waiting list they are now."""
    event = delegate.event
    say = sayer(event, delegate.language)
    said = [[say(visit, "title"), why.value] for visit, why in wishes]
    told = {"by": who, "wishes": said, "listed": say(listed, "title") if listed else ""}
    return Letter(
        kind="visit wish missed",
        key=f"visit wish missed/{event.slug}/{delegate.reference}/{run}",
        to=delegate.email,
        to_name=delegate.name,
        facts=notices.facts_of(delegate) | told,
        language=delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


def wish_sentence(wish: int) -> str:
    """Which of the wishes it was, as a sentence."""
    said = {1: _("This was your first wish."), 2: _("This was your second wish."), 3: _("This was your third wish.")}
    return str(said.get(wish, ""))


def reason(why: Why) -> str:
    """Why a wish was not granted, as its person reads it."""
    together = _("No vehicle has room left that fits your party.")
    said = {
        Why.FULL: _("All places are taken."),
        Why.APART: together,
        Why.STEP_FREE: together,
        Why.DELEGATION: _("Your delegation has as many places there as one delegation may have."),
        Why.MINIMUM: _("Too few people could go, so it does not take place."),
    }
    return str(said[why])


def _granted(facts: Facts) -> News:
    values = {
        **said_of(facts),
        "visit": facts["visit"],
        "when": letters.when(facts),
        "wish": wish_sentence(facts["wish"]),
    }
    return News(begin("visit-wish-granted", facts, values), letters.BELOW["visit allocated"](facts), [])


def _missed(facts: Facts) -> News:
    rows: Rows = [
        (_("Name"), _("%(name)s, %(city)s", name=facts["called"], city=facts["city"])),
        *((title, reason(Why(why))) for title, why in facts["wishes"]),
    ]
    if facts["listed"]:
        rows.append(
            (_("Waiting list"), _("You are on the waiting list of the visit: %(visit)s", visit=facts["listed"]))
        )
    return News(begin("visit-wish-missed", facts, said_of(facts)), rows, [])


SAID: dict[str, Callable[[Facts], News]] = {"visit wish granted": _granted, "visit wish missed": _missed}
passing_on.ABOUT.update(SAID)


@renders("visit wish granted")
def _render_granted(facts: Facts, language: str) -> Rendered:
    letter = _written(_granted(facts), facts, language)
    return replace(letter, attachments=snapshot(facts, facts["calendar"], language))


@renders("visit wish missed")
def _render_missed(facts: Facts, language: str) -> Rendered:
    return _written(_missed(facts), facts, language)


def _written(news: News, facts: Facts, language: str) -> Rendered:
    secret = page_secret(facts["uid"], facts["link_generation"])
    return written(
        news, [(_("Your visits"), absolute("my_visits.page", token=secret))], facts, facts["called"], language
    )
