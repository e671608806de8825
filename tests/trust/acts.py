"""What the product of a day is asked to do before its database is kept (tests/trust/earlier.py), so that what its
migrations brought holds something: the acts of each revision and of those before it, done by the code of that day.

This text is run where that code lies, and leans on the tests of that day; hence the imports at the last moment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from sqlalchemy import select

from app import clock, create_app
from app.db import db, write
from app.web.kept import KeepingFlask


def take_second_steps(app: KeepingFlask) -> None:
    """Rome's organiser signs in by a passkey, Tokyo's by an app, and again by a code on paper."""
    from app.accounts import codes, second
    from tests.accounts.keys import SoftKey
    from tests.accounts.people import sign_in, token
    from tests.accounts.test_second_step import code, go_on, question, user, with_app, with_key
    from tests.desk.office import give_desks

    give_desks(app)
    passkey, spares = SoftKey("http://localhost"), codes.new_spares()
    with_key(app, passkey, "rome")
    key, number = with_app(app), user(app).id
    with app.app_context():
        write(lambda: second.renew_spares(number, spares, clock.now()))

    def step(city: str, event: str, **told: str) -> None:
        client = app.test_client()
        sign_in(client, city, headers={"User-Agent": "A telephone"})
        if told:
            go_on(client, **told)
        else:
            page = client.get("/sign-in/second")
            values = {"credential": passkey.use(question(page)), "csrf_token": token(page)}
            client.post("/sign-in/second", data=values)
        assert client.get(f"/organise/{event}/").status_code == 200

    step("rome", "gnets-2023")
    step("tokyo", "rehearsal", code=code(key))
    step("tokyo", "rehearsal", code=spares[0])


def erase_somebody(app: KeepingFlask) -> None:
    """One of those who go on a visit of the rehearsal asked to be erased."""
    from app.desk.erasing import service as erasing
    from app.registration.models import Delegate

    with app.app_context():
        number = db.session.execute(select(Delegate.id).order_by(Delegate.id).limit(1)).scalar_one()
        write(lambda: erasing.erase(number, who="KOIKE Yuriko", now=clock.now()))


ACTS: dict[str, Callable[[KeepingFlask], None]] = {"0028": take_second_steps, "0029": erase_somebody}
"""What the code of a revision is first able to do."""

if __name__ == "__main__":
    door = create_app()
    for since, act in ACTS.items():
        if since <= sys.argv[1]:
            act(door)
