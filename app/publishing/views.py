"""The public pages of a summit. All of them speak from the current release alone."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.db import db
from app.events.models import Event
from app.publishing import changelog, choosing, described, feeds, frab, present, service
from app.publishing.cities import count_modes, counted, on_map
from app.publishing.people import LONGEST_SEARCH, called, deeds, listed_delegates, sought, spread
from app.publishing.programme import Programme, Session, to_json
from app.publishing.shown import Published
from app.publishing.wording import tell
from app.registration.opening import standing
from app.web import not_found, on_device, one_line, public, reader
from app.web.choices import in_order
from app.web.kept import keep
from app.web.packed import packable
from app.web.wording import language, zone_name

bp = Blueprint("publishing", __name__)
OPEN = public("the programme is for everybody")


def published(slug: str) -> Published:
    """What was published of the event in the address; 404 with a way on otherwise."""
    found = service.standing(slug)
    if found is None or not found.release:
        not_found(_("There is no summit at this address. The front page lists those that are published."))
    g.mark = found.mark
    return service.published(found.event_id, found.release)


def page(template: str, shown: Published, **values: object) -> str:
    """A page that depends on the release, the site, the language and the zone alone, so that it may be kept."""
    keep(g.mark)
    programme = spoken(shown)
    return render_template(template, programme=programme, zones=zones_of(programme), **values)


def spoken(shown: Published) -> Programme:
    """What everybody may see, in the words of this reader's language where it has any."""
    return shown.public.spoken(language())


@bp.get("/")
@OPEN
@on_device
def home() -> str:
    packable()
    return render_template("public/home.html", summits=service.summits())


@bp.get("/<event>/")
@OPEN
@on_device
def summit(event: str) -> str:
    shown = published(event)
    told = spoken(shown)
    row, now = db.session.execute(select(Event).where(Event.slug == event)).scalar_one(), clock.now()
    stands = present.standing(told.summit, now)
    packable()
    return render_template(
        "public/summit.html",
        programme=told,
        zones=zones_of(told),
        registration=standing(row, now),
        stands=stands,
        going=present.going(told, now) if stands.stage == "running" else present.Going(),
        linked=described.script(described.summit(told, reader().language)),
    )


@bp.get("/<event>/agenda")
@OPEN
@on_device
def agenda(event: str) -> str:
    """All of it, or what is chosen of it by the address; an answer to a choice is not kept."""
    shown = published(event)
    return page("public/agenda.html", shown, found=choosing.found(spoken(shown), request.args))


@bp.get("/<event>/programme")
@OPEN
def programme(event: str) -> str:
    """All of the agenda on paper."""
    return page("public/programme.html", published(event))


@bp.get("/<event>/agenda.json")
@OPEN
def agenda_json(event: str) -> Response:
    shown = published(event)
    keep(g.mark)
    told = to_json(spoken(shown))
    told["languages"] = [told["language"], *(each["language"] for each in told.pop("tongues"))]
    for each in told["sessions"]:
        del each["joinable"]  # which is false here, and would read as if none could be joined online
    return jsonify(told)


@bp.get("/<event>/changes")
@OPEN
@on_device
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
    keep(g.mark)
    return jsonify(frab.document(spoken(shown)))


@bp.get("/<event>/schedule.xml")
@OPEN
def schedule_xml(event: str) -> Response:
    shown = published(event)
    keep(g.mark)
    return Response(frab.xml(spoken(shown)), content_type="application/xml; charset=utf-8")


@bp.get("/<event>/sessions/<code>")
@OPEN
@on_device
def session(event: str, code: str) -> str:
    shown = published(event)
    programme, found = spoken(shown), session_of(shown, code)
    order = [each.code for each in programme.sessions]
    place = order.index(code)
    around = [programme.sessions[each] if 0 <= each < len(order) else None for each in (place - 1, place + 1)]
    block = programme.session.get(found.parent)
    told = described.session(programme, found, reader().language)
    linked = described.script(told) if told else ""
    return page(
        "public/session.html", shown, session=found, block=block, previous=around[0], next=around[1], linked=linked
    )


@bp.get("/<event>/cities")
@OPEN
@on_device
def cities(event: str) -> str:
    shown = published(event)
    everyone = spoken(shown).cities
    groups = [(mode, [each for each in everyone if mode in each.modes]) for mode in ("venue", "online", "video")]
    groups.append(("", [each for each in everyone if not each.modes]))
    counts = counted(everyone)
    groups = [each for each in groups if each[1]]
    return page("public/cities.html", shown, groups=groups, counts=counts, marks=on_map(everyone))


@bp.get("/<event>/cities/<member>")
@OPEN
@on_device
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
    shown, wanted = published(event), one_line(request.args.get("q", ""))[:LONGEST_SEARCH]
    programme = spoken(shown)
    found = [(each, deeds(programme, person=each.code)) for each in programme.people]
    delegates = listed_delegates(event)
    packable()
    fits = sought(wanted)
    page = render_template(
        "public/people.html",
        programme=programme,
        wanted=wanted,
        everybody=len(found) + len(delegates),
        people=[each for each in found if fits(*called(programme, each[0]))],
        delegates=[each for each in delegates if fits(*each)],
    )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/<event>/people/<code>")
@OPEN
def person(event: str, code: str) -> str:
    """One of those whom the organisers name, and where they appear."""
    shown = published(event)
    programme = spoken(shown)
    found = programme.person.get(code)
    if found is None:
        not_found(_("Nobody of this name stands in the programme. The list of people names those who do."))
    appearances = spread(programme, deeds(programme, person=code))
    linked = described.script(described.person(programme, found))
    return page("public/person.html", shown, person=found, appearances=appearances, linked=linked)


@bp.get("/<event>/visits")
@OPEN
@on_device
def visits(event: str) -> str:
    return page("public/visits.html", published(event))


@bp.get("/<event>/outcome")
@OPEN
@on_device
def outcome(event: str) -> str:
    return page("public/outcome.html", published(event))


def session_of(shown: Published, code: str) -> Session:
    found = spoken(shown).session.get(code)
    if found is None:
        not_found(_("No session of this name stands on the agenda. It may have been taken off; the agenda tells."))
    return found


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
    cities = in_order(((city.zone, city.name) for city in programme.cities), lambda each: each[1])
    others = in_order(((zone, zone_name(zone)) for zone in OTHERS), lambda each: each[1])
    return [(_("Cities of this summit"), cities), (_("Other places"), others)]


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.add_template_global(count_modes)
