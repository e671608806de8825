"""Proving who one is: the second step of signing in, and the password once more before what cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, after_this_request, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.tf_plugin import TfPluginBase
from flask_security.utils import login_user
from sqlalchemy import select

from app import clock
from app import db as database
from app.accounts import codes, passkeys, second
from app.accounts.access import OUR_PATH, before_step, private, staff_home, wakes
from app.accounts.again import goes_on, holder, prove
from app.accounts.forms import AgainForm, CodeForm
from app.accounts.models import User
from app.db import db, write
from app.refused import Refused
from app.web import answer, heard, keeps_form, public

View = TypeVar("View", bound=Callable[..., Any])
LATELY = timedelta(minutes=15)
"""How long after it was typed the password counts as just typed."""
HALF = timedelta(minutes=10)
"""How long after the password the second step can be taken."""

bp = Blueprint("proving", __name__)


class SecondStep(TfPluginBase):
    """What Flask-Security's own sign-in asks once the password is right."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        with db.session.no_autoflush:  # a password hash that is being renewed is stored later, in a write of ours
            return [("second", "second")] if second.steps(user.id).any else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Any:
        """Remember for ten minutes whose password was right, and ask for the rest. Nobody is signed in by this."""
        for name in ("tf_user_id", "tf_select", "tf_remember_login"):
            session.pop(name, None)
        session["half"] = {"mark": user.fs_uniquifier, "at": clock.now().timestamp(), "next": next_loc or ""}
        return redirect(url_for("proving.step"), 303)


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public("the password was right within the last ten minutes, as the signed cookie says")
@keeps_form
def step() -> ResponseReturnValue:
    """The second step: a code, or a passkey. Whoever comes without the first is sent to it."""
    after_this_request(private)
    user = _half()
    if user is None:
        session.pop("half", None)
        return redirect(url_for("security.login"), 303)
    user_id, form = user.id, CodeForm()
    if request.method == "POST" and (credential := request.form.get("credential")):
        form.code.validators = ()
        if form.validate():
            with form.refusals(), _told():
                _take_passkey(user_id, credential)
                return _signed_in(user_id)
    elif form.validate_on_submit():
        with form.refusals(), _told():
            _take_code(user_id, form.code.data)
            return _signed_in(user_id)
    form.code.data = ""
    has = second.steps(user_id)
    keys = [each.credential for each in has.passkeys] if passkeys.offered() else []
    session["half"] = session["half"] | {"challenge": passkeys.new_challenge()}
    question = passkeys.ask(keys, session["half"]["challenge"]) if keys else ""
    return answer("security/second.html", form, has=has, question=question)


@bp.route("/sign-in/again", methods=["GET", "POST"])
@staff_home()
@before_step
@wakes
@keeps_form
def again() -> ResponseReturnValue:
    """The password once more, and back to where one came from."""
    asleep, email = holder().asleep, holder().user.email
    wanted = request.values.get("next", "")
    onward = wanted if OUR_PATH.fullmatch(wanted) else url_for("desk.home")
    form = AgainForm()
    if form.validate_on_submit():
        with form.refusals():
            prove(form.password.data)
            return redirect(onward, 303)
    return answer("security/again.html", form, onward=onward, asleep=asleep, email=email)


def fresh(view: View) -> View:
    """Beneath the line that says who may: the password must have been typed within the last 15 minutes.

    A file is come back to after it was typed; a form that is sent waits on a page that asks for it, and goes on its
    way with all that was typed in it. The page with such a form opens as ever.
    """

    pass_on: Callable[..., ResponseReturnValue] = view

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        fetched, sends = request.method in {"GET", "HEAD"}, "POST" in getattr(request.url_rule, "methods", ())
        if g.standing.asked_at - g.standing.proven_at < LATELY or (fetched and sends):
            return pass_on(**values)
        if fetched:
            return redirect(url_for("proving.again", next=request.full_path.rstrip("?")), 303)
        asked = goes_on()
        return pass_on(**values) if asked is None else asked

    guarded.fresh = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _half() -> User | None:
    """Whose password was right in this browser a moment ago."""
    half = session.get("half")
    if not half or clock.now().timestamp() - half["at"] > HALF.total_seconds():
        return None
    return db.session.scalar(select(User).where(User.fs_uniquifier == half["mark"], User.active))


@contextmanager
def _told() -> Iterator[None]:
    """Let the log know of a second step that is refused."""
    try:
        yield
    except Refused:
        heard.tell("second step refused")
        raise


def _take_code(user_id: int, typed: str) -> None:
    now = database.now()
    write(lambda: second.guess(user_id, now))
    user = db.session.get_one(User, user_id)
    counter = codes.matched(user_id, user.app_key, typed, user.app_counter) if user.app_key else None
    write(lambda: second.take_code(user_id, counter, typed, now))


def _take_passkey(user_id: int, credential: str) -> None:
    challenge, now = session["half"].get("challenge", ""), database.now()
    try:
        wanted = passkeys.credential_of(credential)
        key = next((each for each in second.steps(user_id).passkeys if each.credential == wanted), None)
        if key is None:
            raise passkeys.NotRight
        key_id, before = key.id, key.uses
        uses = passkeys.used(credential, challenge, key.public_key, before)
    except passkeys.NotRight:
        raise Refused(
            _("This key does not belong to the account, or its answer was wrong. Please try again.")
        ) from None

    def act() -> None:
        second.once(challenge, now)
        second.take_passkey(key_id, before, uses, now)

    write(act)


def _signed_in(user_id: int) -> ResponseReturnValue:
    wanted = session.pop("half")["next"]
    user = db.session.get_one(User, user_id)
    login_user(user, remember=False)  # type: ignore[arg-type]
    home = str(current_app.config["SECURITY_POST_LOGIN_VIEW"])
    return redirect(wanted if OUR_PATH.fullmatch(wanted) else home, 303)
