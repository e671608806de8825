"""The links of offices and moderators: made once, replaced, withdrawn, and each by itself."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db, write
from app.events.models import Person
from app.journal import Note
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.publishing.calendars.models import CalendarLink
from tests.publishing.calendars.kinds import furnish
from tests.registration.cast import NOW, Cast, read


def ishii(cast: Cast) -> Owner:
    key = read(cast.app, lambda: db.session.execute(select(Person.id)).scalar_one())
    return Owner(cast.event_id, person_id=key)


def make(cast: Cast, owner: Owner) -> CalendarLink:
    return read(cast.app, lambda: write(lambda: links.make(owner, who="Tokyo", now=NOW)))


def path(cast: Cast, link: CalendarLink) -> str:
    return f"/c/{read(cast.app, lambda: link.secret)}/programme.ics"


def test_made_twice_it_is_the_same_link(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    one, two = make(cast, ishii(cast)), make(cast, ishii(cast))
    assert (path(cast, one), client.get(path(cast, two)).status_code) == (path(cast, two), 200)


def test_replacing_it_makes_the_old_one_useless_and_twice_is_once(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    owner = ishii(cast)
    old = path(cast, make(cast, owner))
    for _press in range(2):
        read(cast.app, lambda: write(lambda: links.renew(owner, 0, who="Tokyo", now=NOW)))
    (new,) = [path(cast, each) for each in [read(cast.app, lambda: links.of(owner))] if each]
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]
    assert read(cast.app, lambda: db.session.execute(select(CalendarLink.generation)).scalar_one()) == 1


def test_withdrawn_it_opens_nothing_and_comes_back_as_another(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    owner = ishii(cast)
    old = path(cast, make(cast, owner))
    for _press in range(2):
        read(cast.app, lambda: write(lambda: links.withdraw(owner, who="Tokyo", now=NOW)))
    assert (client.get(old).status_code, read(cast.app, lambda: links.of(owner))) == (404, None)
    new = path(cast, make(cast, owner))
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]


def test_the_journal_says_who_did_it_and_not_the_secret(cast: Cast) -> None:
    furnish(cast)
    owner = ishii(cast)
    link = make(cast, owner)
    secret = read(cast.app, lambda: link.secret)
    read(cast.app, lambda: write(lambda: links.renew(owner, 0, who="Rome", now=NOW)))
    read(cast.app, lambda: write(lambda: links.withdraw(owner, who="Milan", now=NOW)))
    rows = select(Note).where(Note.subject == "person/ishii").order_by(Note.id)
    notes = read(cast.app, lambda: list(db.session.execute(rows).scalars()))
    assert [(each.what, each.who) for each in notes] == [
        ("made calendar link", "Tokyo"),
        ("renewed calendar link", "Rome"),
        ("withdrew calendar link", "Milan"),
    ]
    assert [each for each in notes if secret in f"{each.before}{each.after}"] == []
