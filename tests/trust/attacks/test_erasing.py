"""A person is erased at their request (A38): their words stand in no table, no file and no export any more; what is
counted stays, and that somebody was erased, when and by whom.

That deleted rows are overwritten in the file of SQLite is proven in tests/travel/test_canary.py.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Role, SignIn
from app.agenda.models import Absence
from app.announcing.models import Unsubscribed
from app.db import db
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation, FocalPoint
from app.desk.erasing import office, service
from app.events.models import Approval, Event
from app.journal import Note, note
from app.network.models import folded
from app.outbox import Message, State, empty, post
from app.outbox.models import Mark, Try, Why
from app.publishing.participants import service as lists
from app.publishing.participants.listing import mark_of
from app.publishing.participants.models import Audience, ParticipantList
from app.refused import Refused
from app.registration import notices, rows
from app.registration import service as registration
from app.registration.asked import Asked, Decider, Kind
from app.registration.models import Delegate, Draft, OfficeDraft
from app.registration.models import State as Standing
from app.videos import service as videos
from app.videos.expecting import Owner, Wanted
from app.videos.models import Purpose, VideoMessage
from app.visits.models import Filling, SignUp, Tick
from app.visits.wishing import Wishes, wish
from app.web.kept import KeepingFlask
from tests.profiles.pictures import photo
from tests.profiles.pressing import press, sent
from tests.registration.cast import NOW, Cast, assemble, details, hidden, read
from tests.registration.people import approval, delegation_id, do, places, register, seats, waiter
from tests.registration.people import state as stands
from tests.travel.guests import guest, link, staff, tell, tell_all
from tests.travel.test_canary import crawl
from tests.trust.figures import Figures
from tests.visits.cast import sign_up, visit

NAME, FORMER = "Xqzvkwjanna Xqzvkwjbiänchi", "Xqzvkwjanna Xqzvkwjrossi"
OWN: dict[str, Any] = {
    "honorific": "Xqzvkwjdame",
    "family_name": "Xqzvkwjbiänchi",
    "given_name": "Xqzvkwjanna",
    "position": "Xqzvkwjposition of the city",
    "organisation": "Xqzvkwjorganisation",
    "email": "xqzvkwjanna@xqzvkwjrome.example.org",
    "mobile": "+3906xqzvkwj471947",
    "dietary": "xqzvkwjfood",
    "access": "xqzvkwjramp",
    "listed": True,
    "shared": True,
    "agreed": True,
}
TRAVEL = {
    "/travel/stay": {"hotel": "own", "hotel_name": "Xqzvkwjhotel"},
    "/travel/emergency": {"emergency_name": "Xqzvkwjbruno", "emergency_relation": "Xqzvkwjbrother"},
    "/travel/company": {"companions": "Xqzvkwjcarla"},
    "/travel/notes": {"gifts": "Xqzvkwjwolf", "faith": "Xqzvkwjroom"},
}
ABOUT: dict[str, dict[str, Any]] = {
    "names": {"own_script": "xqzvkwj小池百合子", "pronunciation": "XQZVKWJ-an-na", "second_position": "Xqzvkwjseconda"},
    "languages": {"languages": "Xqzvkwjitalian"},
    "bio": {"bio": "Xqzvkwjbiography of somebody."},
    "badge": {"badge_first": "XQZVKWJANNA", "badge_second": "XQZVKWJBIÄNCHI"},
}
PASSPORT = {
    "surname": "XQZVKWJBIANCHI",
    "given_names": "XQZVKWJANNA",
    "birth_place": "Xqzvkwjroma",
    "number": "XQZVKWJ1234567",
}
HERS = "xqzvkwj"
"""How every word of hers begins, however it is written."""


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    made = assemble(app)
    do(
        made,
        lambda: focal.appoint(delegation_id(made, "Rome"), Contact("Gaia Conti", "gaia@rome.org"), who="x", now=NOW),
    )
    return made


@pytest.fixture
def anna(cast: Cast, client: FlaskClient) -> Delegate:
    """Somebody of whom everything is known that can be known, and of whom others hold and got words."""
    someone = guest(cast, FORMER, **OWN)
    own_pages(cast, client, someone)
    on_visits(cast, someone)
    renamed = details(**OWN | {"name": NAME})
    do(cast, lambda: registration.change(someone.id, renamed, version(someone.id), NOW))
    approval(cast, Approval.BOTH)
    do(cast, lambda: by_hand(someone.id))
    do(cast, lambda: issue(cast))
    with cast.app.app_context():
        empty()
    do(cast, lambda: letters_too(someone.id))
    return someone


def own_pages(cast: Cast, client: FlaskClient, someone: Delegate) -> None:
    tell_all(cast, client, someone)
    base = link(cast, someone)
    for path, told in (*TRAVEL.items(), ("/visa/passport", PASSPORT), ("/visa/trip", {"embassy": "Xqzvkwjembassy"})):
        assert tell(client, base + path, told).status_code in {303, 422}, path
    for page, values in ABOUT.items():
        more: dict[str, Any] = {"photo": sent(photo(), "xqzvkwjphoto.jpg")} if page == "bio" else {}
        assert press(client, f"{base}/about/{page}", **values | more).status_code == 303, page
    tell(client, f"{base}/visa/code", {"send": "yes"})


def version(delegate_id: int) -> int:
    return db.session.get_one(Delegate, delegate_id).version


def on_visits(cast: Cast, someone: Delegate) -> None:
    made = visit(cast)
    wished = visit(cast, "temple", filling=Filling.WISHES)
    row = sign_up(cast, made, someone)[0]
    asked = Wishes((wished.id,), (someone.id,), mobile="+39xqzvkwj06", understood=True)
    do(cast, lambda: wish(someone.id, asked, 0, who=someone.signed, now=NOW))

    def act() -> None:
        db.session.execute(
            update(SignUp).where(SignUp.id == row.id).values(comment="xqzvkwjcomment", mobile="+39xqzvkwj07")
        )
        told = {"sign_up_id": row.id, "boarded": True, "pressed_at": NOW, "recorded_at": NOW}
        db.session.add(Tick(key="a tick", who=someone.signed, **told))

    do(cast, act)


def by_hand(delegate_id: int) -> None:
    """What no page of these tests reaches: each column that could hold words of hers, or about her."""
    her = db.session.get_one(Delegate, delegate_id)
    her.relation, her.platform_name, her.video_language = "Xqzvkwjadviser", "Xqzvkwjplatform", "Xqzvkwjitalian"
    her.comment = "Xqzvkwjreturned"
    db.session.add(Draft(delegate_id=delegate_id, saved_at=NOW, values={"name": NAME}))
    db.session.add(
        OfficeDraft(delegate_id=delegate_id, saved_at=NOW, saved_by=f"{NAME} (office)", values={"name": NAME})
    )
    whose = {"event_id": her.event_id, "delegation_id": her.delegation_id, "delegate_id": delegate_id}
    asked = {
        "wanted": "Xqzvkwjother Xqzvkwjname",
        "before": NAME,
        "more": {"email": "xqzvkwj@b.org"},
        "asked_by": her.signed,
    }
    db.session.add(
        Asked(**whose, **asked, kind=Kind.NAME, asked_at=NOW, decider=Decider.ORGANISERS, reason="xqzvkwjreason")
    )
    times = {"starts": NOW, "ends": NOW.replace(hour=20), "zone": "UTC", "entered_at": NOW}
    db.session.add(
        Absence(event_id=her.event_id, delegate_id=delegate_id, note="Xqzvkwjnote", entered_by=her.signed, **times)
    )
    known = {"uid": her.uid, "address": her.email, "name": folded(NAME)}
    db.session.add(Unsubscribed(event_id=her.event_id, at=NOW, **known))
    db.session.get_one(Delegation, her.delegation_id).internal_note = f"Ask {NAME} or {her.email} ({her.mobile})."
    about = {"who": her.signed, "event_id": her.event_id, "at": NOW}
    db.session.add(
        Note(what="something", subject="event/summit", before={NAME: [NAME]}, after={"x": her.email}, **about)
    )
    event = db.session.get_one(Event, her.event_id)
    wanted = Wanted(Owner(her.delegation_id), "", Purpose.CITY)
    film = videos.ask(event, wanted, None, who="x", now=NOW)
    film.contact_name, film.contact_email, film.speaker_name = NAME, her.email, NAME


def letters_too(delegate_id: int) -> None:
    """One more to her that waits, one to her office about her, and one that came back."""
    her = db.session.get_one(Delegate, delegate_id)
    registration.renew(delegate_id, "page", NOW)
    gone = db.session.execute(select(Message).where(Message.to == her.email, Message.state == State.SENT)).scalars()
    first = next(iter(gone))
    first.error = f"550 no such mailbox: {her.email}"
    db.session.add(Try(message_id=first.id, at=NOW, phase="RCPT", code="550", said=first.error))
    db.session.add(Mark(address=her.email, why=Why.COMPLAINT, at=NOW, code="", message_id=first.id))
    whole = rows.one(delegate_id)
    for each in notices.focal_points(whole.delegation_id):
        post(notices.to_focal(whole, each, whole.signed), NOW)


def issue(cast: Cast) -> None:
    for audience in Audience:
        seen = mark_of(lists.present(cast.event_id, audience))
        told: dict[str, Any] = {"provisional": False, "remark": "", "seen": seen, "key": audience.value}
        lists.issue(cast.event_id, audience, **told, who="x", now=NOW)


def tables(cast: Cast) -> dict[str, str]:
    """Table -> all that stands in it, as text in small letters, JSON and letters decoded."""

    def ask() -> dict[str, str]:
        found = {}
        with db.engine.connect() as connection:
            for name in inspect(db.engine).get_table_names():
                rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
                found[name] = "\n".join(spelt(value) for row in rows for value in row).casefold()
        return found

    return read(cast.app, ask)


def spelt(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"{text} {text.encode().decode('unicode_escape', 'replace')}" if "\\u" in text else text


def holding(cast: Cast) -> set[str]:
    return {name for name, text in tables(cast).items() if HERS in text}


def files(instance: Path) -> list[Path]:
    return [each for each in (instance / "uploads").glob("*/*") if each.is_file()]


def counts(cast: Cast) -> dict[str, int]:
    """How many rows there are of what is counted."""
    counted = (Delegate, Message, SignUp, ParticipantList, VideoMessage, Asked)

    def ask() -> dict[str, int]:
        found = {each.__tablename__: select(func.count()).select_from(each) for each in counted}
        return {name: db.session.execute(query).scalar_one() for name, query in found.items()}

    return read(cast.app, ask)


def erase(cast: Cast, client: FlaskClient, someone: Delegate) -> TestResponse:
    return tell(client, f"/organise/summit/registrations/{someone.reference}/erase", {})


DESK = "/organise/summit"
SHOWN = (
    *("/summit/participants", f"{DESK}/registrations", f"{DESK}/outbox", f"{DESK}/visits/harbour", f"{DESK}/videos"),
    *(f"{DESK}/participants/export.csv", f"{DESK}/participants/export.xlsx", f"{DESK}/board/export.csv"),
    *(f"{DESK}/participants/public/1/list.csv", f"{DESK}/participants/delegates/1/list.xlsx"),
    *(f"{DESK}/travel/export.csv", f"{DESK}/visa/export.xlsx", f"{DESK}/invitations/city/rome"),
)
"""Where people are listed: pages, and the files that organisers and those with a task fetch."""


def showing(client: FlaskClient, *paths: str) -> set[str]:
    """Which of these hold words of hers, tables unpacked."""
    answers = {path: client.get(path) for path in paths}
    assert [path for path, each in answers.items() if each.status_code != 200 and path in SHOWN] == []
    texts = {
        path: unpacked(each.data) if path.endswith(".xlsx") else each.data.decode("utf-8", "replace")
        for path, each in answers.items()
    }
    return {path for path, text in texts.items() if HERS in text.casefold()}


def unpacked(octets: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(octets)) as sheet:
        return "".join(sheet.read(each).decode() for each in sheet.namelist())


def test_nothing_of_a_person_who_was_erased_is_left(
    cast: Cast, client: FlaskClient, anna: Delegate, instance: Path, figures: Figures, full: bool
) -> None:
    before, counted = holding(cast), counts(cast)
    assert {"delegates", "messages", "notes", "participant_lists", "profiles", "visa_data", "video_messages"} <= before
    assert len(before) >= 18, sorted(before)
    organiser = staff(cast, "tokyo", *Role)
    listed = (*SHOWN, f"{DESK}/registrations/{anna.reference}")
    assert len(showing(organiser, *listed)) > 9
    page = read(cast.app, lambda: f"/d/{db.session.get_one(Delegate, anna.id).link}/")
    assert client.get(page).status_code == 200
    kept = files(instance)
    assert erase(cast, organiser, anna).status_code == 303
    left = {name: text[max(0, text.index(HERS) - 90) :][:200] for name, text in tables(cast).items() if HERS in text}
    assert left == {}
    figures.hold("A38", "tables that hold a word of somebody who was erased", len(left), exactly=0)
    withdrawn = 1  # the letter that says so, which is forgotten before it goes
    assert counts(cast) == counted | {"messages": counted["messages"] + withdrawn}
    assert len(kept) - len(files(instance)) == 1
    shown = showing(organiser, *(crawl(organiser, "/organise/", "/summit/") if full else listed))
    figures.hold("A38", "pages and exports that show somebody who was erased", len(shown), exactly=0)
    assert client.get(page).status_code == 404
    skeleton = select(Note).where(Note.what == service.ERASED)
    told = read(cast.app, lambda: db.session.execute(skeleton).scalar_one())
    assert (told.who, told.before, told.after, told.subject) == (
        "tokyo@example.org",
        None,
        None,
        f"delegate/{anna.uid}",
    )


@pytest.mark.one_database
def test_the_file_of_the_database_does_not_hold_it_either(cast: Cast, client: FlaskClient, anna: Delegate) -> None:
    with cast.app.app_context():
        path = db.engine.url.database
        if path is None or db.engine.dialect.name != "sqlite":
            pytest.skip("another database keeps its own files")
    assert HERS.encode() in octets(cast, path).lower()
    erase(cast, staff(cast, "tokyo", Role.ORGANISER), anna)
    assert HERS.encode() not in octets(cast, path).lower()


def octets(cast: Cast, path: str) -> bytes:
    """The file of the database, once all is written there."""
    with cast.app.app_context():
        db.session.remove()
        db.engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return Path(path).read_bytes()


def now_of(cast: Cast, someone: Delegate) -> Delegate:
    return read(cast.app, lambda: db.session.get_one(Delegate, someone.id))


def erased(cast: Cast, someone: Delegate, now: datetime = NOW) -> None:
    do(cast, lambda: service.erase(someone.id, who="Tokyo", now=now))


def test_without_the_cutting_of_words_others_still_name_her(
    cast: Cast, anna: Delegate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what is kept about her by others is found only because it is looked for."""
    monkeypatch.setattr(service, "cut", lambda event_id, words: 0)
    erased(cast, anna)
    with pytest.raises(AssertionError):
        assert holding(cast) == set()
    assert {"notes", "delegations", "video_messages"} <= holding(cast)


def test_the_place_goes_to_whoever_waits(cast: Cast) -> None:
    seats(cast, 1)
    first = register(cast, "Anna Bianchi")
    second = waiter(cast, "Luca Ferri", "Milan")
    assert places(cast)[:2] == (1, 1)
    erased(cast, first)
    assert (stands(cast, first), stands(cast, second)) == (Standing.WITHDRAWN, Standing.OFFERED)
    assert places(cast)[:2] == (1, 1)


def test_after_the_summit_who_took_part_is_still_counted(cast: Cast) -> None:
    anna = guest(cast)
    before = places(cast)
    erased(cast, anna, datetime(2090, 3, 20, tzinfo=UTC))
    row = now_of(cast, anna)
    assert (row.state, row.name, row.email, row.organisation) == (Standing.APPROVED, anna.reference, "", "–")
    assert places(cast) == before


def test_of_another_one_of_the_same_name_nothing_goes(cast: Cast, client: FlaskClient) -> None:
    anna, other = guest(cast, "Anna Bianchi"), guest(cast, "Anna Bianchi", "Milan")
    organiser = staff(cast, "tokyo", Role.ORGANISER)
    page = organiser.get(f"/organise/summit/registrations/{anna.reference}/erase")
    assert "Names and addresses that somebody else at this summit has too" in page.text
    told = select(Note.who, Note.after).where(Note.subject == f"delegate/{other.uid}").order_by(Note.id)
    to = select(Message.to, Message.to_name, Message.facts).where(Message.facts["uid"].as_string() == other.uid)
    before = read(cast.app, lambda: [list(db.session.execute(each)) for each in (told, to)])
    erase(cast, organiser, anna)
    assert read(cast.app, lambda: [list(db.session.execute(each)) for each in (told, to)]) == before
    assert (now_of(cast, other).name, now_of(cast, anna).name) == ("Anna Bianchi", anna.reference)
    mine = select(Note.who, Note.after).where(Note.subject == f"delegate/{anna.uid}")
    assert "Bianchi" not in str(read(cast.app, lambda: list(db.session.execute(mine))))


def test_whoever_changed_their_name_many_times_is_erased_too(cast: Cast) -> None:
    """However many words a person is known by, no condition is deeper than the database takes."""
    anna = guest(cast, "Anna Bianchi")
    former = [f"{HERS}{number} Bîanchi {number}" for number in range(25)]

    def rename() -> None:
        about, event_id = f"delegate/{anna.uid}", anna.event_id
        for name in former:
            signed = f"{anna.reference} ({name})"
            note(
                "changed", about, who=signed, now=NOW, event_id=event_id, before={"name": name}, after={"name": "Anna"}
            )

    do(cast, rename)
    assert {"notes"} <= holding(cast)
    erased(cast, anna)
    assert holding(cast) == set()


def test_while_a_letter_to_her_is_on_its_way_nothing_is_done(cast: Cast) -> None:
    anna = guest(cast)
    held = update(Message).values(state=State.INFLIGHT, worker="w", lease_until=NOW + timedelta(minutes=1))
    do(cast, lambda: db.session.execute(held))
    before = tables(cast)
    with pytest.raises(Refused):
        erased(cast, anna)
    assert tables(cast) == before
    erased(cast, anna, NOW + timedelta(minutes=2))
    hers = select(Message.state, Message.to).where(Message.to_name == anna.reference)
    assert read(cast.app, lambda: list(db.session.execute(hers))) == [(State.SKIPPED, "")] * 2


def test_twice_is_once_and_the_page_says_that_it_was_done(cast: Cast) -> None:
    anna, organiser = guest(cast), staff(cast, "tokyo", Role.ORGANISER)
    back = f"/organise/summit/registrations/{anna.reference}"
    page = organiser.get(f"{back}/erase")
    assert "cannot be undone" in page.text
    for _time in range(2):
        answer = organiser.post(f"{back}/erase", data=hidden(page))
        assert (answer.status_code, answer.location) == (303, back)
    notes = select(func.count()).select_from(Note).where(Note.what == service.ERASED)
    assert read(cast.app, lambda: db.session.execute(notes).scalar_one()) == 1
    assert "This person was erased at their request" in organiser.get(back).text
    assert "/erase" not in organiser.get(back).text


def test_the_password_is_asked_again_and_nobody_else_erases(cast: Cast) -> None:
    anna = guest(cast)
    path = f"/organise/summit/registrations/{anna.reference}/erase"
    organiser, other = staff(cast, "tokyo", Role.ORGANISER), staff(cast, "seoul", Role.ORGANISER, slug="congress")
    page = organiser.get(path)
    do(cast, lambda: db.session.execute(update(SignIn).values(proven_at=clock.now() - timedelta(minutes=16))))
    assert organiser.post(path, data=hidden(page)).status_code == 403
    for client in (other, staff(cast, "rome", Role.LOGISTICS), cast.app.test_client()):
        assert client.post(path, data=hidden(page)).status_code in {302, 303, 400, 404}
    assert now_of(cast, anna).erased_at is None


def test_who_answers_for_a_city_is_erased_too(cast: Cast, figures: Figures) -> None:
    rome = delegation_id(cast, "Rome")
    theirs = Contact("Xqzvkwjgaia Conti", "xqzvkwj@rome.org", "Xqzvkwjposition", "+39 06 xqzvkwj")
    gaia = do(cast, lambda: focal.appoint(rome, theirs, who="x", now=NOW))
    approval(cast, Approval.BOTH)
    do(cast, lambda: focal.speak(gaia.id, "it", now=NOW))
    register(cast, "Anna Bianchi")
    named = read(cast.app, lambda: read_name(gaia.id))
    do(cast, lambda: db.session.add(Note(what="x", subject="y", who=named, at=NOW, event_id=cast.event_id)))
    with cast.app.app_context():
        empty()
    assert {"focal_points", "messages", "notes"} <= holding(cast)
    organiser, before = staff(cast, "tokyo", Role.ORGANISER), counts(cast)
    path = f"{DESK}/invitations/city/rome"
    assert f"{path}/focal-points/{gaia.id}/erase" in organiser.get(path).text
    assert tell(organiser, f"{path}/focal-points/{gaia.id}/erase", {}).location == path
    left = holding(cast)
    figures.hold("A38", "tables that hold a word of somebody who answered for a city", len(left), exactly=0)
    assert counts(cast) == before
    assert organiser.get(f"{path}/focal-points/{gaia.id}/erase").status_code == 404
    assert "/erase" not in organiser.get(path).text.split("gaia@rome.org")[0]


def test_the_only_one_who_answers_for_a_city_is_erased_once_the_summit_is_over(cast: Cast) -> None:
    milan = delegation_id(cast, "Milan")
    only = do(cast, lambda: focal.appoint(milan, Contact("Marta Verdi", "marta@milan.org"), who="x", now=NOW))
    with pytest.raises(Refused):
        do(cast, lambda: office.erase(only.id, who="Tokyo", now=NOW))
    over = datetime(2090, 3, 20, tzinfo=UTC)
    for _time in range(2):
        do(cast, lambda: office.erase(only.id, who="Tokyo", now=over))
    row = read(cast.app, lambda: db.session.get_one(FocalPoint, only.id))
    assert (row.name, row.email, row.active) == ("–", "", False)
    notes = select(func.count()).select_from(Note).where(Note.what == office.ERASED)
    assert read(cast.app, lambda: db.session.execute(notes).scalar_one()) == 1


def read_name(focal_id: int) -> str:
    whole = select(FocalPoint).where(FocalPoint.id == focal_id)
    loaded = whole.options(joinedload(FocalPoint.delegation).joinedload(Delegation.member))
    return focal.named(db.session.execute(loaded).scalar_one())
