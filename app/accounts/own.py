"""The pages on which staff look after their own account: the second step, and where they are signed in."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import hash_password, login_user

from app import clock
from app import db as database
from app.accounts import browser, codes, passkeys, places, second, service
from app.accounts.access import before_step, staff_home, wakes
from app.accounts.again import holder, prove
from app.accounts.forms import ChangeForm, CodeForm, PasskeyForm
from app.accounts.models import User, new_mark
from app.accounts.proving import fresh
from app.db import Busy, db, write
from app.refused import Refused
from app.web import answer, keeps_form

bp = Blueprint("steps", __name__)


@bp.get("/organise/account/steps")
@staff_home()
@before_step
def page() -> ResponseReturnValue:
    """What one can take the second step with, and where one is signed in."""
    user_id, now = current_user.id, clock.now()
    return render_template(
        "security/steps.html",
        has=second.steps(user_id),
        places=places.open_ones(user_id, g.standing.sign_in_id, now),
        required=browser.in_production(),
        offered=passkeys.offered(),
    )


@bp.route("/organise/account/password", methods=["GET", "POST"])
@staff_home()
@before_step
@wakes
@keeps_form
def password() -> ResponseReturnValue:
    """Another password, for whoever knows the present one. Here they stay signed in, with a new key."""
    user_id, email, mark = holder().user.id, holder().user.email, holder().user.fs_uniquifier
    form = ChangeForm(email)
    if form.validate_on_submit():
        with form.refusals():
            prove(form.password.data)
            after = {"password": hash_password(form.chosen), "fs_uniquifier": new_mark()}
            device, network, now = browser.stay_known(), browser.network(), database.now()

            def act() -> None:
                service.set_password(user_id, mark, after, now, known=True)
                places.forget(user_id)
                places.recognise(user_id, device, network, now)

            write(act)
            return _signed_in_anew(db.session.get_one(User, user_id))
    return answer("security/password.html", form, email=email)


@bp.route("/organise/account/steps/app", methods=["GET", "POST"])
@staff_home()
@before_step
@fresh
@keeps_form
def app() -> ResponseReturnValue:
    """An app is set up: it scans the picture, and shows that it did by a first code."""
    user_id, email, form = current_user.id, current_user.email, CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            sealed, now = session.get("app_key", ""), clock.now()
            counter = codes.matched(user_id, sealed, form.code.data, None) if sealed else None
            if counter is None:
                raise Refused(_("The app shows another code now. Is the clock of your phone right?"), "code")
            write(lambda: second.set_app(user_id, sealed, counter, now))
            session.pop("app_key")
            return _done(user_id, _("Stored: from now on you sign in with your password and a code of the app."))
    if request.method == "GET" or "app_key" not in session:
        session["app_key"] = codes.new_key(user_id)
    form.code.data = ""
    return answer("security/app.html", form, shown=codes.shown(user_id, session["app_key"], email))


@bp.route("/organise/account/steps/passkey", methods=["GET", "POST"])
@staff_home()
@before_step
@fresh
@keeps_form
def passkey() -> ResponseReturnValue:
    """A passkey is added. This one page needs JavaScript: browsers make passkeys by nothing else."""
    user_id, email, name, form = current_user.id, current_user.email, current_user.name, PasskeyForm()
    if form.validate_on_submit():
        with form.refusals():
            made, now, called = _made(form.credential.data), clock.now(), form.name.data
            write(lambda: second.add_passkey(user_id, called, made, now))
            return _done(user_id, _("Stored: from now on this key signs you in, after your password."))
    known = [each.credential for each in second.steps(user_id).passkeys]
    session["challenge"] = {"of": passkeys.new_challenge(), "at": clock.now().timestamp()}
    question = passkeys.ask_new(user_id, email, name, known, session["challenge"]["of"]) if passkeys.offered() else ""
    return answer("security/passkey.html", form, question=question)


@bp.route("/organise/account/steps/codes", methods=["GET", "POST"])
@staff_home()
@before_step
@fresh
def spares() -> ResponseReturnValue:
    """Codes to keep on paper are made by a button, and shown this once."""
    user_id, made = current_user.id, []
    if request.method == "POST":
        made, now = codes.new_spares(), clock.now()
        write(lambda: second.renew_spares(user_id, made, now))
    return render_template("security/codes.html", codes=made, has=second.steps(user_id))


@bp.post("/organise/account/steps/app/remove")
@staff_home()
@before_step
@fresh
def remove_app() -> ResponseReturnValue:
    user_id, now = current_user.id, clock.now()
    return _stored(lambda: second.remove_app(user_id, now), _("The app was taken off your account."))


@bp.post("/organise/account/steps/passkey/<int(max=2147483647):key_id>/remove")
@staff_home()
@before_step
@fresh
def remove_passkey(key_id: int) -> ResponseReturnValue:
    user_id, now = current_user.id, clock.now()
    return _stored(lambda: second.remove_passkey(user_id, key_id, now), _("The key was taken off your account."))


@bp.post("/organise/account/places/<int(max=2147483647):sign_in_id>/close")
@staff_home()
@before_step
def close(sign_in_id: int) -> ResponseReturnValue:
    """Sign one browser out."""
    user_id, now = current_user.id, clock.now()
    return _stored(lambda: places.close(user_id, sign_in_id, now), _("That browser is signed out."))


@bp.post("/organise/account/places/close")
@staff_home()
@before_step
def close_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    user_id, now = current_user.id, clock.now()
    write(lambda: places.close_all(user_id, now))
    browser.lets_go()
    return redirect(url_for("security.login"), 303)


def _made(credential: str | None) -> passkeys.Made:
    asked = session.get("challenge", {"of": "", "at": 0})
    try:
        if clock.now().timestamp() - asked["at"] > passkeys.CHALLENGE_LASTS:
            raise passkeys.NotRight
        return passkeys.made(credential or "", asked["of"])
    except passkeys.NotRight:
        raise Refused(_("The browser made no key. Please press the button again.")) from None


def _stored(act: Callable[[], object], sentence: str) -> ResponseReturnValue:
    """Back to the page of the account, which says so."""
    write(act)
    flash(sentence, "success")
    return redirect(url_for("steps.page"), 303)


def _signed_in_anew(user: User) -> ResponseReturnValue:
    """On with a new key, since every sign-in has ended; where that cannot be stored now, by the new password."""
    try:
        login_user(user, remember=False, authn_via=["password"])  # type: ignore[arg-type]
    except Busy:
        flash(_("Your password is set. Sign in with it."), "success")
        return redirect(url_for("security.login"), 303)
    flash(_("Your password is set. All other browsers are signed out."), "success")
    return redirect(url_for("steps.page"), 303)


def _done(user_id: int, sentence: str) -> ResponseReturnValue:
    """On to the codes on paper, when there are none yet."""
    flash(sentence, "success")
    return redirect(url_for("steps.page" if second.steps(user_id).spares else "steps.spares"), 303)
