"""The public pages of a summit. All of them speak from the current release alone."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Flask, Response, jsonify, make_response, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.events.words import mode_word
from app.publishing import changelog, feeds, frab, service
from app.publishing.programme import Appearance, City, Programme, Session, to_json
from app.publishing.shown import Published
from app.publishing.wording import tell
from app.registration.models import Delegate, State
from app.registration.service import standing
from app.web import not_found, public, reader
from app.web.kept import keep
from app.web.wording import language, zone_name

bp = Blueprint("publishing", __name__)
OPEN = public("the programme is for everybody")


def published(slug: str) -> Published:
    """What was published of the event in the address; 404 with a way on otherwise."""
    found = service.current(slug)
    if found is None:
        not_found(_("There is no summit at this address. The front page lists those that are published."))
    return found


def page(template: str, shown: Published, **values: object) -> str:
    """A page that depends on the release, the language and the zone alone, so that it may be kept."""
    keep(shown.programme.release)
    programme = spoken(shown)
    return render_template(template, programme=programme, zones=zones_of(programme), **values)


def spoken(shown: Published) -> Programme:
    """What everybody may see, in the words of this reader's language where it has any."""
    return shown.public.spoken(language())


@bp.get("/")
@OPEN
def home() -> str:
    return render_template("public/home.html", summits=service.summits())


@bp.get("/healthz")
@OPEN
def healthz() -> Response:
    db.session.execute(select(1))
    return Response("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@bp.get("/robots.txt")
@OPEN
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /d/\nDisallow: /organise/\n", content_type="text/plain; charset=utf-8")


@bp.get("/<event>/")
@OPEN
def summit(event: str) -> str:
    shown = published(event)
    row = db.session.execute(select(Event).where(Event.slug == event)).scalar_one()
    return render_template(
        "public/summit.html",
        programme=spoken(shown),
        zones=zones_of(spoken(shown)),
        registration=standing(row, clock.now()),
    )


@bp.get("/<event>/agenda")
@OPEN
def agenda(event: str) -> str:
    return page("public/agenda.html", published(event))


@bp.get("/<event>/agenda.json")
@OPEN
def agenda_json(event: str) -> Response:
    shown = published(event)
    keep(shown.programme.release)
    told = to_json(spoken(shown))
    told["languages"] = [told["language"], *(each["language"] for each in told.pop("tongues"))]
    for each in told["sessions"]:
        del each["joinable"]  # which is false here, and would read as if none could be joined online
    return jsonify(told)


@bp.get("/<event>/changes")
@OPEN
def changes(event: str) -> str:
    """What each release changed, the newest first."""
    shown = published(event)
    home, yours = shown.programme.summit.zone, reader().zone or ""
    logged = [(each, changelog.opening(each), tell(each.found, home, yours)) for each in changelog.log(event)]
    return page("public/changes.html", shown, logged=logged)


@bp.get("/<event>/changes.atom")
@OPEN
def changes_atom(event: str) -> Response:
    """The same as a feed."""
    shown = published(event)
    uid = db.session.execute(select(Event.uid).where(Event.slug == event)).scalar_one()
    octets = changelog.feed(spoken(shown).summit, uid, changelog.log(event))
    return feeds.conditional(octets, shown.programme.published_at, "application/atom+xml; charset=utf-8")


@bp.get("/<event>/schedule.json")
@OPEN
def schedule_json(event: str) -> Response:
    shown = published(event)
    keep(shown.programme.release)
    return jsonify(frab.document(spoken(shown)))


@bp.get("/<event>/schedule.xml")
@OPEN
def schedule_xml(event: str) -> Response:
    shown = published(event)
    keep(shown.programme.release)
    return Response(frab.xml(spoken(shown)), content_type="application/xml; charset=utf-8")


@bp.get("/<event>/sessions/<code>")
@OPEN
def session(event: str, code: str) -> str:
    shown = published(event)
    programme, found = spoken(shown), session_of(shown, code)
    order = [each.code for each in programme.sessions]
    place = order.index(code)
    around = [programme.sessions[each] if 0 <= each < len(order) else None for each in (place - 1, place + 1)]
    block = programme.session.get(found.parent)
    return page("public/session.html", shown, session=found, block=block, previous=around[0], next=around[1])


@bp.get("/<event>/cities")
@OPEN
def cities(event: str) -> str:
    shown = published(event)
    everyone = spoken(shown).cities
    groups = [(mode, [each for each in everyone if mode in each.modes]) for mode in ("venue", "online", "video")]
    groups.append(("", [each for each in everyone if not each.modes]))
    counts = counted(everyone)
    return page("public/cities.html", shown, groups=[each for each in groups if each[1]], counts=counts)


@bp.get("/<event>/cities/<member>")
@OPEN
def city(event: str, member: str) -> str:
    shown = published(event)
    programme = spoken(shown)
    found = programme.city.get(member)
    if found is None:
        not_found(_("No city of this name takes part in the summit."))
    appearances = deeds(programme, city=member)
    people = [each for each in programme.people if each.city == member]
    return page("public/city.html", shown, city=found, appearances=appearances, people=people)


@bp.get("/<event>/people")
@OPEN
def people(event: str) -> Response:
    """Those the organisers name, from the release; and delegates who agreed to be listed, as of now.

    Whoever takes that back is gone at the next request, so no memory on the way keeps the page.
    """
    shown = published(event)
    programme = spoken(shown)
    found = [(each, deeds(programme, person=each.code)) for each in programme.people]
    page = render_template("public/people.html", programme=programme, people=found, delegates=listed_delegates(event))
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/<event>/visits")
@OPEN
def visits(event: str) -> str:
    return page("public/visits.html", published(event))


@bp.get("/<event>/outcome")
@OPEN
def outcome(event: str) -> str:
    return page("public/outcome.html", published(event))


def session_of(shown: Published, code: str) -> Session:
    found = spoken(shown).session.get(code)
    if found is None:
        not_found(_("No session of this name stands on the agenda. It may have been taken off; the agenda tells."))
    return found


def deeds(programme: Programme, *, city: str = "", person: str = "") -> list[tuple[Session, Appearance]]:
    """Where a city or a person appears, in the order of the agenda."""
    return [
        (session, each)
        for session in programme.sessions
        for each in session.appearances
        if (each.city, each.person) == (city, person)
    ]


class Listed(NamedTuple):
    name: str
    position: str
    city: str


def listed_delegates(slug: str) -> list[Listed]:
    rows = db.session.execute(
        select(Delegate)
        .join(Event)
        .where(Event.slug == slug, Delegate.listed, Delegate.state == State.APPROVED)
        .options(joinedload(Delegate.delegation).joinedload(Delegation.member))
        .order_by(Delegate.name)
    ).scalars()
    return [
        Listed(f"{each.honorific} {each.name}".strip(), each.position, each.delegation.member.name) for each in rows
    ]


class Counted(NamedTuple):
    """How many cities there are, and how many take part in each mode; a city in two modes counts in both."""

    cities: int
    venue: int
    online: int
    video: int
    several: int
    unsaid: int


def count_modes(cities: tuple[City, ...]) -> Counted:
    """Cities are counted once, however many modes they have; the modes are counted beside them."""
    modes = {mode: sum(mode in each.modes for each in cities) for mode in ("venue", "online", "video")}
    several = sum(len(each.modes) > 1 for each in cities)
    return Counted(len(cities), **modes, several=several, unsaid=sum(not each.modes for each in cities))


def counted(cities: tuple[City, ...]) -> str:
    """As in "34 cities: 26 at the venue, 6 online, 4 by video message; 2 in two modes"."""
    all_of = count_modes(cities)
    modes = [
        (all_of.venue, mode_word(Mode.VENUE)),
        (all_of.online, mode_word(Mode.ONLINE)),
        (all_of.video, mode_word(Mode.VIDEO)),
        (all_of.unsaid, _("to be confirmed")),
    ]
    total = ngettext("%(num)s city", "%(num)s cities", all_of.cities)
    parts = ", ".join(f"{number} {words}" for number, words in modes if number)
    twice = ngettext("%(num)s in two modes", "%(num)s in two modes", all_of.several) if all_of.several else ""
    return "; ".join(filter(None, (f"{total}: {parts}" if parts else total, twice)))


OTHERS = (
    "UTC Pacific/Honolulu America/Anchorage America/Los_Angeles America/Denver America/Mexico_City America/Chicago"
    " America/Bogota America/Lima America/New_York America/Halifax America/St_Johns America/Sao_Paulo"
    " America/Argentina/Buenos_Aires Atlantic/Azores Europe/London Africa/Lagos Europe/Paris Europe/Istanbul"
    " Africa/Cairo"
    " Africa/Johannesburg Africa/Nairobi Asia/Tehran Asia/Dubai Asia/Karachi Asia/Kolkata Asia/Kathmandu Asia/Dhaka"
    " Asia/Yangon Asia/Bangkok Asia/Shanghai Asia/Tokyo Australia/Adelaide Australia/Sydney Pacific/Auckland"
).split()
"""A zone of every clock in use, for readers from elsewhere; any other zone is taken by ?tz=."""


def zones_of(programme: Programme) -> list[tuple[str, list[tuple[str, str]]]]:
    """The clocks offered to a reader: those of the cities, by the cities' own names, and those of other places."""
    cities = sorted(((city.zone, city.name) for city in programme.cities), key=lambda each: each[1])
    others = sorted(((zone, zone_name(zone)) for zone in OTHERS), key=lambda each: each[1])
    return [(_("Cities of this summit"), cities), (_("Other places"), others)]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.add_template_global(count_modes)
