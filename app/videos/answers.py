"""What a city is told of the video it sent: refused with its rules, captions missing, to be changed, accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import tokens
from app.delegations.models import FocalPoint
from app.outbox import Letter, Opening, Rendered, begin, opens, post_all, renders
from app.registration.news import News, written
from app.sentences import spoken
from app.videos import checking, letters, requirements, saying, states, telling
from app.videos.models import State, VideoMessage, VideoVersion
from app.videos.requirements import Weight
from app.videos.said import sayer

Facts = Mapping[str, Any]
OFFERS = {
    **letters.OFFERS,
    "session": _l("the session in which it is to be played; may be empty"),
}
OPENINGS = {
    "video failed": Opening(
        "video-failed",
        letters.TO,
        _l("when a video breaks a rule"),
        _l("The video of {city} cannot be taken yet: {summit}"),
        (
            _l("Thank you for the video. It was examined, and cannot be played as it is, for what stands below."),
            _l("Please mend this and send the file again. All else that you told of it is kept."),
        ),
        OFFERS,
    ),
    "video captions": Opening(
        "video-captions",
        letters.TO,
        _l("when a video needs captions"),
        _l("The video of {city} needs captions: {summit}"),
        (
            _l("Thank you for the video. The film itself is with the organisers, who look at it."),
            _l("It can be played once everybody can read along. Captions alone are enough; keep the film as it is."),
        ),
        OFFERS,
    ),
    "video changes": Opening(
        "video-changes",
        letters.TO,
        _l("when organisers ask for changes of a video"),
        _l("Please change the video of {city}: {summit}"),
        (
            _l("Thank you for the video. The organisers looked at it and ask you for a change."),
            _l("What was accepted before, if anything was, stays until the new one is."),
        ),
        OFFERS,
    ),
    "video accepted": Opening(
        "video-accepted",
        letters.TO,
        _l("when a video is accepted"),
        _l("The video of {city} is accepted: {summit}"),
        (
            _l("Thank you. The video is as it should be, and nothing more is needed."),
            _l("It is to be played in “{session}”."),
        ),
        OFFERS,
    ),
}
"""Kind of letter -> how it begins."""
for _opening in OPENINGS.values():
    opens(_opening)


def follow(message: VideoMessage, before: State, who: str, now: datetime) -> None:
    """Post what the new state of a message is to be told by."""
    if (kind := _kind(message, before)) is None:
        return
    row = telling.found(message.id)
    version = checking.newest(message.id)
    post_all([letter(kind, row, version, to, focal, who) for to, focal in letters.readers(row)], now)


def _kind(message: VideoMessage, before: State) -> str | None:
    """The kind of letter that tells of the new state; None: nobody is to be told."""
    if message.state == State.FAILED:
        return "video failed"
    if message.state == State.CHANGES_REQUESTED:
        return "video changes"
    if message.state == State.ACCEPTED and before != State.SCHEDULED:
        return "video accepted"
    if message.state == State.IN_REVIEW and before == State.CHECKING:
        found = requirements.read(checking.newest(message.id).findings)
        return "video captions" if requirements.needs_captions(found) else None
    return None


def letter(
    kind: str, message: VideoMessage, version: VideoVersion, to: tuple[str, str, str], focal: FocalPoint | None, by: str
) -> Letter:
    """One of `OPENINGS` to one reader (letters.readers). Event, delegation with its member, and person are loaded."""
    event, (name, email, language) = message.event, to
    facts = {
        "uid": message.uid,
        "generation": message.link_generation,
        "focal": [focal.uid, focal.link_generation] if focal else None,
        "called": name,
        "city": message.delegation.member.name if message.delegation else message.person.name if message.person else "",
        "summit": event.title,
        "session": sayer(event, language)(message),
        "note": event.note,
        "reply_to": event.reply_to,
        "by": by,
        "number": version.number,
        "file": version.name or version.link,
        "findings": version.findings,
        "comments": version.comments,
    }
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{message.uid[:12]}/{message.version}/{tokens.digest(email)[:12]}",
        to=email,
        to_name=name,
        facts=facts,
        language=language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


def _rows(kind: str, facts: Facts) -> list[tuple[str, str | list[str]]]:
    found = requirements.read(facts["findings"])
    against = [saying.say(each) for each in found if each.weight is Weight.REFUSED]
    captions = [saying.say(each) for each in found if each.weight is Weight.CAPTIONS]
    besides = [saying.say(each) for each in found if each.weight is Weight.WARNED]
    file = _("%(file)s, version %(number)s", file=facts["file"], number=facts["number"])
    rows: list[tuple[str, str | list[str]]] = {
        "video failed": [(_("To be mended"), against), (_("Captions"), captions), (_("Besides"), besides)],
        "video captions": [(_("Captions"), captions), (_("Besides"), besides)],
        "video changes": [(_("What is asked for"), facts["comments"].split("\n")), (_("By"), spoken(facts["by"]))],
        "video accepted": [(_("Accepted by"), spoken(facts["by"]))],
    }[kind]
    return [*(each for each in rows if each[1]), (_("File"), file)]


def _renderer(kind: str) -> Any:
    def render(facts: Facts, language: str) -> Rendered:
        values = {each: facts[each] for each in ("city", "summit", "session")} | {"name": facts["called"]}
        lead = begin(OPENINGS[kind].name, facts, values)
        ways = [(_("Open the page of the video"), letters.page_of(facts))]
        return written(News(lead, _rows(kind, facts), []), ways, facts, facts["called"], language)

    return render


for _name in OPENINGS:
    renders(_name)(_renderer(_name))

states.consequences.append(follow)
