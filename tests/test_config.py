"""Settings: where they come from, which wins, and what cannot be one."""

from __future__ import annotations

import os
import runpy
import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

import app
from app import config, house

pytestmark = pytest.mark.one_database


def read(folder: Path, environment: dict[str, str] | None = None, **given: object) -> dict[str, object]:
    return config.read({"INSTANCE": str(folder)} | given, environment or {})


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_later_places_win(tmp_path: Path) -> None:
    (tmp_path / "plenary.toml").write_text('MAIL_SERVER = "file"\nMAIL_USERNAME = "file"\nMAIL_PASSWORD = "file"\n')
    environment = {"PLENARY_MAIL_USERNAME": "environment", "PLENARY_MAIL_PASSWORD": "environment"}
    settings = read(tmp_path, environment, MAIL_PASSWORD="mapping")
    found = [settings[name] for name in ("MAIL_PORT", "MAIL_SERVER", "MAIL_USERNAME", "MAIL_PASSWORD")]
    assert found == [587, "file", "environment", "mapping"]


def test_the_mapping_may_use_the_environments_names(tmp_path: Path) -> None:
    assert read(tmp_path, PLENARY_MAIL_SERVER="smtp.example")["MAIL_SERVER"] == "smtp.example"


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    key = read(folder)["SECRET_KEY"]
    assert (read(folder)["SECRET_KEY"], mode(folder / "secret.key"), mode(folder)) == (key, "0o600", "0o700")
    assert len(str(key)) >= 43


def test_postgresql_is_spoken_to_by_psycopg(tmp_path: Path) -> None:
    url = read(tmp_path, DATABASE_URL="postgresql://plenary:secret@localhost/plenary")["SQLALCHEMY_DATABASE_URI"]
    assert url == "postgresql+psycopg://plenary:secret@localhost/plenary"


def test_production_answers_to_its_own_name_alone(tmp_path: Path) -> None:
    hosts = [
        read(tmp_path, BASE_URL=url)["TRUSTED_HOSTS"] for url in ("https://summit.example", "http://127.0.0.1:8000")
    ]
    assert hosts == [["summit.example"], None]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PLENARY_MAIL_PORT": "many"}, "PLENARY_MAIL_PORT is 'many'; it must be a whole number"),
        ({"PLENARY_MAIL_USE_TLS": "maybe"}, "must be true or false"),
        ({"PLENARY_SIGN_IN_IDLE_HOURS": "0"}, "SIGN_IN_IDLE_HOURS is 0; it must be from 1 to 336 hours"),
        ({"PLENARY_SIGN_IN_IDLE_HOURS": "337"}, "it must be from 1 to 336 hours"),
        ({"PLENARY_BASE_URL": "summit.example"}, "must be like https://summit.example.org"),
        ({"PLENARY_BASE_URL": "https://summit.example/path"}, "without a path"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(config.BadSetting, match=sentence):
        read(tmp_path, environment)


@pytest.mark.parametrize("line", ['MAIL_PORT = "587"', 'MAIL_USE_TLS = "no"', "MAIL_SERVER = 5"])
def test_a_setting_of_the_wrong_kind_in_the_file_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "plenary.toml").write_text(line)
    with pytest.raises(config.BadSetting, match="it must be like"):
        read(tmp_path)


def test_a_mistyped_name_in_the_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(config.BadSetting, match="PLENARY_MAIL_SERVR"):
        read(tmp_path, {"PLENARY_MAIL_SERVR": "smtp.example"})


def test_a_folder_with_signs_of_an_address_in_its_name_still_holds_the_database(tmp_path: Path) -> None:
    url = make_url(str(read(tmp_path / "a?b%20c")["SQLALCHEMY_DATABASE_URI"]))
    assert url.database == str(tmp_path / "a?b%20c" / "plenary.db")


def test_a_folder_of_others_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(config.BadSetting, match="holds other things"):
        read(tmp_path)


def test_a_file_with_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plenary.toml").write_text('MAIL_SERVR = "smtp.example"\n')
    with pytest.raises(config.BadSetting, match="MAIL_SERVR"):
        read(tmp_path)


def test_an_installation_whose_settings_were_forgotten_is_not_acted_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Flask] = []
    monkeypatch.setattr(app, "create_app", lambda: Flask("made"))
    monkeypatch.setattr(house, "serve", made.append)
    monkeypatch.setattr(config, "INSTALLED", tmp_path / "plenary.env")
    monkeypatch.setattr(os, "environ", {"PATH": "/usr/bin"})
    runpy.run_path(str(config.ROOT / "wsgi.py"))
    config.INSTALLED.touch()
    with pytest.raises(SystemExit, match=r"was started without any\. Say: sudo plenary NAME"):
        runpy.run_path(str(config.ROOT / "wsgi.py"))
    assert len(made) == 1
    monkeypatch.setattr(os, "environ", {"PLENARY_INSTANCE": str(tmp_path)})
    runpy.run_path(str(config.ROOT / "wsgi.py"))
    assert len(made) == 2
