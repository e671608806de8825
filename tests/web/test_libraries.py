"""What libraries say to people is said in their language: WTForms, Flask-Security, werkzeug."""

from __future__ import annotations

import pytest
from flask_babel import force_locale, gettext
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DecimalField, IntegerField, SelectField, URLField
from wtforms.validators import URL, Email, InputRequired, NumberRange

from app.outbox.tongues import TONGUES
from app.web import Form
from app.web.choices import countries, in_order, zones
from app.web.kept import KeepingFlask
from app.web.wording import percent, size
from tests.accounts.people import sign_in

OTHERS = sorted(set(TONGUES) - {"en"})


class Asked(Form):
    number = IntegerField()
    share = DecimalField()
    day = DateField()
    choice = SelectField(choices=["one"])
    address = URLField(validators=[URL()])
    email = URLField(validators=[Email()])
    needed = IntegerField(validators=[InputRequired()])
    small = IntegerField(validators=[NumberRange(max=3)])


TYPED = {"number": "x", "share": "x", "day": "x", "choice": "two", "address": "x", "email": "x", "small": "9"}


def told(app: KeepingFlask, language: str) -> dict[str, list[str]]:
    with app.test_request_context("/", method="POST", headers={"Accept-Language": language}):
        form = Asked(MultiDict(TYPED), meta={"csrf": False})
        form.validate()
        return {name: [str(each) for each in errors] for name, errors in form.errors.items() if name}


@pytest.mark.one_database
@pytest.mark.parametrize("language", OTHERS)
def test_forms_find_fault_in_the_readers_language(standing: KeepingFlask, language: str) -> None:
    english, theirs = told(standing, "en"), told(standing, language)
    assert theirs.keys() == english.keys() >= set(TYPED)
    assert [name for name in theirs if set(theirs[name]) & set(english[name])] == []


@pytest.mark.parametrize("language", OTHERS)
def test_signing_in_and_faults_speak_it_too(app: KeepingFlask, language: str) -> None:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with app.app_context(), force_locale(language):
        wrong = gettext("The address or the password is not right. Please try again.")
        nothing = gettext(
            "There is nothing at this address. It may have been mistyped, or the link may have been replaced."
        )
        cannot = gettext("This address cannot be used in this way.")
    assert wrong in sign_in(client, "nobody").text
    assert nothing in client.get("/nothing/at/all").text
    assert cannot in client.put("/sign-in").text


@pytest.mark.one_database
def test_names_stand_in_the_order_of_the_readers_alphabet(standing: KeepingFlask) -> None:
    with standing.app_context():
        with force_locale("es"):
            assert in_order(["Oslo", "Ñuñoa", "Nantes", "Évora"], str) == ["Évora", "Nantes", "Ñuñoa", "Oslo"]
            assert [name for _code, name in countries()][:2] == ["Afganistán", "Albania"]
        with force_locale("fr"):
            assert in_order(["Zürich", "Évora", "Fès"], str) == ["Évora", "Fès", "Zürich"]
        with force_locale("ar"):
            assert [area for area, _zones in zones()][:3] == ["أستراليا", "آسيا", "أفريقيا"]
        with force_locale("ja"):
            assert dict(dict(zones())["アジア"])["Asia/Tokyo"] == "東京"


@pytest.mark.one_database
def test_sizes_and_shares_are_written_as_each_language_does(standing: KeepingFlask) -> None:
    with standing.app_context():
        with force_locale("en"):
            assert (size(2**31), size(3 * 2**29), size(5 * 2**20), size(1), percent(45)) == (
                "2 GB",
                "1.5 GB",
                "5 MB",
                "1 kB",
                "45%",
            )
        with force_locale("fr"):
            assert (size(3 * 2**29), percent(45)) == ("1,5\u202fGo", "45\xa0%")
        with force_locale("ar"):
            assert size(2**31) == "2 غ.ب"
