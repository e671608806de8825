"""A person's own page, drawn once for all who stand alike: each one's own words and secrets are put into its blanks."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import SimpleNamespace
from typing import Any

from flask import render_template

from app import clock
from app.events.service import facts
from app.mypage import service
from app.mypage.ahead import map_of
from app.online.own import service as afar
from app.profiles.models import Page
from app.publishing.calendars import fetches
from app.registration import changes, nominating, replies
from app.registration.models import ENDED, Delegate, State
from app.registration.news import rank_word, role_word
from app.registration.opening import is_over
from app.registration.participation import by_letter
from app.registration.service import FILLED_IN
from app.travel import service as travel
from app.videos import service as videos
from app.videos.said import sayer
from app.web import absolute, filled
from app.web.wording import comma, language


def page(delegate: Delegate, *, new: bool) -> str:
    """The page of a delegate with event, city and needs loaded; `new`: right after they registered."""
    shown, now, event, member = service.shown_to(delegate), clock.now(), delegate.event, delegate.delegation.member
    theirs = service.theirs(delegate)
    online = afar.overview(delegate, now, theirs.afar)
    signed = service.visits_of(delegate, shown.programme) if theirs.signs_up else []
    active = delegate.state not in ENDED
    rows = {"visits": signed, **_rows(delegate, waits=theirs.waits, new=new)}
    day = service.next_day(delegate, shown.programme.spoken(language()), signed, online.check, now)
    values: dict[str, Any] = {
        "city": (member.name, member.slug),
        "stands": delegate.state == State.APPROVED,
        "standing": service.standing(delegate),
        "active": active,
        "owes_form": nominating.awaits_form(delegate),
        "may_change": delegate.state in FILLED_IN and not delegate.owes_form,
        "over": is_over(event, now),
        "about": theirs.about,
        "online": online,
        "new": new and delegate.state == State.APPROVED,
        "own_zone": service.zone_of(delegate),
        "invited": by_letter(event.reply_to, delegate.email),
    }
    person = _facts(delegate)

    def drawn(words: Mapping[str, str]) -> str:
        programme = shown.programme.spoken(language())
        return render_template(
            "mypage/page.html",
            delegate=SimpleNamespace(**person, **words),
            address=absolute("mypage.page", token=words["link"]),
            feed=absolute("mypage.feed", token=words["feed"]),
            summit=event,
            member=member,
            programme=programme,
            public=shown.public.session,
            sessions=service.own_sessions(delegate, programme),
            ahead=day,
            map_link=map_of(programme.summit),
            hours=service.hours_of(delegate, programme),
            about_pages=list(Page),
            session_of=sayer(event) if rows["videos"] else None,
            **values,
            **rows,
        )

    mark: Hashable = None
    if not (any(rows.values()) or online.has_rows):  # they may change without saying so: drawn for their owner alone
        left = (day.day, day.today, *day.items) if day else None
        mark = repr(facts(event)), shown.programme.summit, *person.values(), left, *values.values()
    return filled(mark, _words(delegate), drawn)


def _rows(delegate: Delegate, *, waits: bool, new: bool) -> dict[str, Any]:
    """What the page shows of other tables' rows, by its name there; each is false where there is none."""
    feed = service.feed_key(delegate.uid, delegate.feed_generation)
    return {
        "waits": [replies.line(each) for each in changes.of_person(delegate.id)] if waits else [],
        "videos": [] if new or delegate.state in ENDED else videos.of_speaker(delegate),
        "told": travel.told(delegate.id) if travel.is_asked(delegate) else None,
        "fetched": None if new else fetches.last(delegate.event_id, feed),
    }


def _facts(delegate: Delegate) -> dict[str, Any]:
    """What the page says of a person that is the same for many; all of it stands in the mark of a kept page."""
    told = delegate.participation
    return {
        "state": delegate.state,
        "mode": delegate.mode,
        "endorsed": delegate.endorsed,
        "listed": delegate.listed,
        "shared": delegate.shared,
        "needs": delegate.needs is not None,
        "offered_until": delegate.offered_until,
        "place": told["item"]["place"] if told else "",
    }


def _words(delegate: Delegate) -> dict[str, str]:
    """What is this person's alone."""
    rank = rank_word(delegate.rank) if delegate.rank else ""
    return {
        "reference": delegate.reference,
        "called": delegate.called,
        "work": comma().join(filter(None, (delegate.position, delegate.organisation))),
        "capacity": "; ".join(filter(None, (role_word(delegate.role), rank, delegate.relation))),
        "email": delegate.email,
        "mobile": delegate.mobile,
        "platform": delegate.platform_name or delegate.name,
        "video_language": delegate.video_language,
        "link": delegate.link,
        "join": delegate.join,
        "feed": delegate.feed,
    }
