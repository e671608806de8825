"""Everybody who opens a page, and what must have happened before every page of the product has something to show.

Three summits: the rehearsal as a newcomer finds it, where the organiser has begun to work; a small one in 2090, where
people have registered, wished, asked and told; and one with three of everything that is listed.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import accounts, files
from app.accounts import Role
from app.accounts.models import Staff
from app.announcing.models import unsubscribe_secret
from app.db import db, write
from app.delegations.models import Answer, Delegation, FocalPoint
from app.desk.screening import service as screening
from app.events.models import Approval, Due, Event, Mode
from app.files import File
from app.network.models import Member
from app.outbox import Message
from app.outbox.models import State as Sent
from app.publishing.models import Planned
from app.registration.models import Delegate, State
from app.site.models import PhotoSize
from app.videos import reviewing
from app.videos.models import Screening, Shown
from app.visits.models import SignUp
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.costs import crowds
from tests.desk.office import REHEARSAL, Organiser
from tests.desk.test_hostile_visits import Full
from tests.desk.test_releases import LATER, change, in_days, move
from tests.desk.test_requests import sent
from tests.desk.test_together import LETTER, do
from tests.online import afar
from tests.online.test_checks import book, opened, speaker
from tests.profiles.pictures import photo
from tests.profiles.pressing import press
from tests.profiles.pressing import sent as portrait
from tests.publishing.test_canary import moderator
from tests.registration.cast import assemble
from tests.registration.people import approval, nominate, now_of
from tests.registration.test_asking import change as ask
from tests.registration.test_asking import due
from tests.schedule.sheets.sending import moved, send
from tests.schedule.test_proposing import answered, at
from tests.travel.guests import tell_all
from tests.videos import films
from tests.visits.cast import guests, roomy

NETWORK = "/organise/networks/g-nets/members"


def gather(app: KeepingFlask, clips: Path) -> tuple[Organiser, list[str]]:
    """Fill a database that holds the rehearsal; an organiser with every role, and the addresses of all doors."""
    with app.app_context():
        write(_everywhere)
    organiser = Organiser(app, "tokyo")
    doors = [*_crowded(app), *_small(app), *_rehearsed(app, organiser, clips), *_accounts(app)]
    return organiser, doors


def _everywhere() -> None:
    user = person("tokyo")
    user.name = "KOIKE Yuriko"
    db.session.add(user)
    db.session.flush()
    db.session.add_all(Staff(user_id=user.id, event_id=None, role=role) for role in Role)


def _rehearsed(app: KeepingFlask, organiser: Organiser, clips: Path) -> list[str]:
    """The organiser publishes, plans, moves and loads; Milan's film is on the playlist."""
    with app.app_context():
        event_id = films.event().id
        films.expect()
        films.send("milan", films.good(clips))
        films.check()
        key = films.message("milan").id
        write(lambda: reviewing.accept(key, 1, who="KOIKE Yuriko", now=films.NOW))
        write(lambda: screening.open_room(event_id, who="KOIKE Yuriko", now=films.NOW))
        write(lambda: db.session.execute(update(Screening).values(shown=Shown.RELEASED)))
        room, video = screening.screening(event_id).link, films.message("milan").link
        desk = moderator("session-2")
    move(organiser)
    change(organiser, title="Rivers and the cities on them")
    assert organiser.send(LATER, {"day": in_days(2), "time": "09:00"}).status_code == 303
    with app.app_context():
        planned = db.session.execute(select(Planned.uid)).scalar_one()
        letter = db.session.execute(select(Message).where(Message.event_id == event_id).limit(1)).scalar_one().id
        write(lambda: db.session.execute(update(Message).where(Message.id == letter).values(state=Sent.FAILED)))
    members = organiser.get(f"{NETWORK}/export.csv").data
    columns = send(organiser, members, "members.csv", f"{NETWORK}/import").location
    return [
        "/rehearsal/videos",
        f"/c/{room}/playlist",
        f"/v/{video}/",
        f"/m/{desk}",
        f"{LATER}/{planned}/take-back",
        do(organiser, LETTER, required="yes"),
        send(organiser, moved(organiser)).location,
        columns,
        organiser.send(columns).location,
        f"{REHEARSAL}/releases/2/calls",
        f"{REHEARSAL}/outbox/{letter}/resend",
        f"{REHEARSAL}/schedule/proposals/{answered(app, at(app, 'session-6', 18))}",
    ]


def _small(app: KeepingFlask) -> list[str]:
    """Rome has chosen visits, told of its journey and asked for a change; Milan has sent all of its delegation."""
    with app.app_context():
        ask_whom = dict(db.session.execute(select(Event.id, Event.approval)).all())
    cast = roomy(assemble(app, "Harbours"))
    full = Full(cast)
    client = FlaskClient(app, app.response_class)
    tell_all(cast, client, full.one)
    assert press(client, f"/d/{full.person}/about/bio", photo=portrait(photo())).status_code == 303
    letter = portrait(b"%PDF-1.7", "letter.pdf")
    assert press(client, f"/f/{full.office}/letter", letter=letter).status_code == 303
    afar.furnish(cast)
    online = speaker(cast)
    book(cast, online, opened(cast)[0])
    due(cast, Due.MODE)
    change_asked = ask(cast, full.one, mode=Mode.ONLINE, zone="Europe/Rome")[0]
    named = nominate(cast, "Luca Ferri", "Seoul")
    paolo = guests(cast, 1, "Rome", 7)[0]
    approval(cast, Approval.FOCAL_POINT)
    renamed = ask(cast, now_of(cast, paolo), name="Anna Maria Bianchi")[0]
    sent(cast, "Milan")
    with app.app_context():
        write(lambda: _asks(ask_whom))
        sign_up = db.session.execute(select(SignUp.uid)).scalars().first()
        persons = [f"/d/{db.session.get_one(Delegate, each.id).link}/" for each in (full.one, online, named)]
        secret = unsubscribe_secret(full.one.uid)
    here = "/organise/summit"
    return [
        *persons,
        f"{persons[0]}registered",
        f"{persons[0]}wishes",
        f"{persons[1]}check",
        f"{persons[2]}complete",
        f"/f/{full.office}/",
        f"/f/{full.office}/visit-wishes",
        f"/b/{full.boarding}",
        afar.path(cast, online),
        f"{afar.path(cast, online).rsplit('/', 1)[0]}/check",
        f"/u/{full.one.uid}/{secret}",
        f"/summit/register/{cast.links['Seoul']}",
        f"/f/{full.office}/changes/{renamed.id}/grant",
        f"{here}/changes/{change_asked.id}/grant",
        f"{here}/delegations/milan/approve",
        f"{here}/visits/harbour/people/{sign_up}/skip",
        f"{here}/visits/harbour/people/{sign_up}/take-off",
        f"{here}/visa/{full.one.reference}",
        f"{here}/travel/{full.one.reference}",
    ]


def _asks(whom: dict[int, Approval]) -> None:
    """Let each event ask those again whom it asked before."""
    for key, each in whom.items():
        db.session.execute(update(Event).where(Event.id == key).values(approval=each))


def _drawn() -> None:
    """The photos of a crowd are rows alone; a browser wants their octets."""
    octets = photo()
    for key in db.session.execute(select(File.key).join(PhotoSize)).scalars():
        path = files._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)


def _crowded(app: KeepingFlask) -> list[str]:
    """What is listed, three of each; and offices that have not answered yet."""
    with app.app_context():
        write(lambda: crowds.crowd("crowd", 3), patience=60)
        _drawn()
        found = crowds.read("crowd")
        event = db.session.execute(select(Event.id).where(Event.slug == "crowd")).scalar_one()
        asked = select(FocalPoint).join(Delegation).where(Delegation.event_id == event).order_by(FocalPoint.id)
        offices = [each.link for each in db.session.execute(asked).scalars()]
        people = select(Delegate).where(Delegate.event_id == event).order_by(Delegate.id)
        everybody = list(db.session.execute(people).scalars())
        offered = next(each.link for each in everybody if each.state == State.OFFERED)
        decided = [each.reference for each in everybody if each.state in {State.SUBMITTED, State.NOMINATED}]
        declined = select(Member.id).where(Member.slug == "city-2", Delegation.member_id == Member.id)
        write(
            lambda: db.session.execute(
                update(Delegation).where(Delegation.event_id == event, declined.exists()).values(answer=Answer.DECLINED)
            )
        )
    return [
        f"/d/{found.person}/",
        f"/d/{offered}/offer",
        *(f"/f/{each}/{rest}" for each in offices for rest in ("", "accept", "decline", "send")),
        *(f"/f/{offices[0]}/people/{each}/decide" for each in decided),
        "/organise/crowd/board/city-0/changes",
        "/organise/crowd/invitations/city/city-2/reopen",
        "/organise/crowd/invitations/city/city-1/modes",
    ]


def _accounts(app: KeepingFlask) -> list[str]:
    """Somebody new, who has yet to set a password."""
    with app.app_context():
        link = write(lambda: accounts.create_organiser("rome@example.org", films.NOW))
    return [
        "/",
        "/organise/",
        "/organise/networks/",
        "/sign-in",
        "/sign-in/again",
        "/sign-in/forgotten",
        "/sign-in/set",
        urlsplit(link).path,
    ]
