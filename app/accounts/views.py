"""The pages of signing in are Flask-Security's views; here they are hung on our rows, our letters and our brake."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_out
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore
from flask_security.signals import password_reset, user_authenticated
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import logout_user
from flask_security.views import forgot_password
from sqlalchemy import inspect

from app import db as database
from app.accounts import again, browser, by_code, letters, own, places, proving, security, service
from app.accounts.access import OUR_PATH, private
from app.accounts.forms import ForgottenForm, PasswordForm, SignInForm
from app.accounts.models import User
from app.db import db, write
from app.outbox import post
from app.refused import Refused
from app.tokens import digest
from app.web import public

POLICIES = {
    "login": "signing in is how one stops being a stranger",
    "logout": "whoever holds the cookie may end it",
    "forgot_password": "the letter goes to the owner of the address alone",
    "reset_password": "the token is the permission, once",
}


bp = Blueprint("accounts", __name__)


@bp.get("/sign-out")
@public("it shows a button and does nothing")
def sign_out() -> ResponseReturnValue:
    """Whoever types the address finds the button; the button posts to Flask-Security's sign-out."""
    after_this_request(private)
    if not (current_user.is_authenticated or g.get("asleep")):
        return redirect(url_for("security.login"))
    return render_template("security/sign_out.html", user=again.holder().user)


def init_app(app: Flask) -> None:
    """Sign-in at /sign-in, sign-out at /sign-out, a forgotten password at /sign-in/forgotten."""
    app.config.update(security.settings(app.config))
    # Before Flask-Security adds the other address of this page, so that links lead to this one. The other,
    # /sign-in/set without a token, is what remains of a link that was cut off.
    app.add_url_rule("/sign-in/forgotten", "security.forgot_password", forgot_password, methods=["GET", "POST"])
    made = Security(
        app,
        SQLAlchemyUserDatastore(db, User, RoleMixin),  # type: ignore[arg-type]
        login_form=SignInForm,
        forgot_password_form=ForgottenForm,
        reset_password_form=PasswordForm,
        mail_util_cls=security.Addresses,
        render_template=_page,  # type: ignore[arg-type]
    )
    made.login_manager.user_loader(_signed_in)
    security.prune(app, made)
    made.support_mfa = True  # with a second step of ours, and none of those that it brings
    made.two_factor_plugins = TfPlugin()
    made.two_factor_plugins.register_tf_impl(app, "second", _SecondStep)
    for name, reason in POLICIES.items():
        public(reason)(app.view_functions[f"security.{name}"])
    for each in (bp, proving.bp, own.bp, by_code.bp):
        app.register_blueprint(each)
    app.before_request(drop_foreign)
    app.before_request(_slow_guessing)
    app.before_request(_end_asleep)
    for signal, listener in ((user_authenticated, _begin), (user_logged_out, _end), (password_reset, _keep_password)):
        signal.connect(listener, app)


class _SecondStep(proving.SecondStep):
    """Asked after a right password, which was therefore no guess."""

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Any:
        user_id, email, renewed = user.id, user.email, _changed(user).get("password")
        write(lambda: _right(user_id, email, renewed))
        return super().tf_login(db.session.get_one(User, user_id), json_payload, next_loc)


def _page(template: str, **values: Any) -> tuple[str, int]:
    """A page of Flask-Security's with its one form, as `form`: 422 when something in it is wrong."""
    form = next(values.pop(name) for name in list(values) if name.endswith("_form"))
    form.form_errors = list(dict.fromkeys(form.form_errors))  # two empty fields earn the same sentence twice
    return render_template(template, form=form, **values), 422 if form.errors else 200


def drop_foreign() -> ResponseReturnValue | None:
    """Whoever comes to sign in with an address to go on to that is not ours goes to the plain page."""
    if request.blueprint != "security":
        return None
    after_this_request(private)
    if request.is_json:
        abort(415)
    if all(OUR_PATH.fullmatch(wanted) for wanted in request.values.getlist("next") if wanted):
        return None
    return redirect(url_for("security.login"), 303)


def _slow_guessing() -> None:
    """Count before Flask-Security looks at what was typed; the form says the sentence when there were too many.

    The letter with a link is posted here too, so that there is one write whether or not the address has an account.
    """
    if request.method != "POST" or request.endpoint not in {"security.login", "security.forgot_password"}:
        return
    email, network, now = _email(), browser.network(), database.now()
    g.place = places.place(email, browser.device(), network, now)
    try:
        if request.endpoint == "security.login":
            write(lambda: service.guess(email, g.place, network, now))
        else:
            write(lambda: service.ask_for_link(email, network, now))
    except Refused as no:
        g.slowed = no.message


def _email() -> str:
    """The address typed, as the table would hold it."""
    typed = request.form.get("email", "")
    try:
        return str(current_app.extensions["security"].mail_util.normalize(typed))
    except ValueError:
        return ""


def _signed_in(mark: str) -> User | None:
    """Flask-Login asks whose cookie this is; `g.standing` is the sign-in, or `g.asleep` one that was long not used."""
    g.fs_authn_via, g.fs_paa = "session", session.get("fs_paa", 0)  # what Flask-Security's own loader leaves
    key, idle = session.get("sign_in"), timedelta(hours=current_app.config["SIGN_IN_IDLE_HOURS"])
    found = service.signed_in(mark, digest(key), idle) if key else None
    g.standing, g.asleep = (None, found) if found and found.asleep else (found, None)
    return None if g.standing is None else g.standing.user


def _begin(_app: Flask, user: User, **_how: Any) -> None:
    """Somebody has just signed in: their cookie gets a key of its own, and forms opened before a new token."""
    key, network, agent = secrets.token_urlsafe(32), browser.network(), browser.described()
    user_id, email, device, warns = user.id, user.email, browser.stay_known(), browser.in_production()
    renewed = _changed(user).get("password")
    now, before = database.now(), session.get("sign_in")

    def act() -> None:
        if before:  # it slept, or is followed by this one
            service.end(digest(before), now)
        service.begin(user_id, digest(key), now, agent)
        _right(user_id, email, renewed)
        if not places.recognise(user_id, device, network, now) and warns:
            post(letters.new_sign_in(db.session.get_one(User, user_id), agent, now), now)

    write(act)
    session["sign_in"] = key
    for left in ("csrf_token", "app_key"):  # by whoever was signed in here before
        session.pop(left, None)
    g.pop("csrf_token", None)


def _right(user_id: int, email: str, renewed: tuple[str | None, str] | None) -> None:
    """The password of this request was right."""
    if "place" in g:
        service.guessed_right(email, g.place, browser.network())
    if renewed:
        service.renew_hash(user_id, *renewed)


def _end(_app: Flask, **_who: Any) -> None:
    browser.lets_go()
    if key := session.pop("sign_in", None):
        write(lambda: service.end(digest(key), database.now()))


def _end_asleep() -> None:
    """Flask-Security signs out whoever it takes for signed in; a sign-in that sleeps is ended here."""
    leaves = request.endpoint == "security.logout" and request.method == "POST"
    if leaves and not current_user.is_authenticated and g.get("asleep"):
        logout_user()


def _keep_password(_app: Flask, user: User, **_how: Any) -> None:
    """Flask-Security has hashed and changed the user in memory; the link's one use is decided in one write."""
    user_id, changed, now = user.id, _changed(user), database.now()
    mark, _new = changed["fs_uniquifier"]
    after = {name: value for name, (_old, value) in changed.items()}
    device, network = browser.stay_known(), browser.network()

    def act() -> None:
        service.set_password(user_id, mark, after, now)
        places.forget(user_id)
        places.recognise(user_id, device, network, now)  # whoever reads the owner's letters is the owner

    try:
        write(act)
    except Refused as no:
        flash(no.message, "error")
        abort(redirect(url_for("security.forgot_password")))


def _changed(user: User) -> dict[str, tuple[Any, Any]]:
    """What Flask-Security changed of the user in memory, (before, after) by name; the change itself is undone."""
    changed: dict[str, tuple[Any, Any]] = {}
    for each in inspect(user).attrs:
        added, _same, deleted = each.history
        if added and deleted:
            changed[each.key] = deleted[0], added[0]
    db.session.rollback()
    return changed
