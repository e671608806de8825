"""What docs/operations.md tells a stranger to type, set and open is there."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
from flask import Flask

from app import config
from app.web.kept import KeepingFlask

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOY = sorted(each for each in (ROOT / "deploy").iterdir() if each.is_file())
UNITS = [each for each in DEPLOY if each.suffix in {".service", ".timer"}]
ALL = "\n".join([DOCUMENT, *(each.read_text(encoding="utf-8") for each in DEPLOY)])


def commands(app: Flask) -> dict[str, set[str]]:
    """Each command of ours with its options."""
    found = {
        name: {o for p in each.params for o in (*p.opts, *p.secondary_opts)} for name, each in app.cli.commands.items()
    }
    return found | {"db": {"upgrade"}}


def test_every_command_and_option_exists(app: KeepingFlask) -> None:
    there = commands(app)
    said = re.findall(r"flask\s+--app wsgi ([a-z-]+)([^`\n]*)", ALL)
    assert len({name for name, _ in said}) >= 6
    assert {name for name, _ in said} - there.keys() == set()
    odd = {(name, option) for name, rest in said for option in re.findall(r"--[a-z-]+", rest)} - {
        (name, option) for name, options in there.items() for option in options
    }
    assert odd == set()


def test_every_setting_exists() -> None:
    said = set(re.findall(r"PLENARY_([A-Z_]+)", ALL))
    assert len(said) >= 8
    assert {each.rstrip("_") for each in said} - config.DEFAULTS.keys() == set()


def test_every_file_of_ours_exists() -> None:
    said = set(re.findall(r"\b((?:deploy|docs|instance)/[\w.@-]+\.\w+)", ALL))
    assert len(said) >= 6
    assert {each for each in said if not (ROOT / each).exists()} <= {"instance/plenary.toml"}
    assert [each.name for each in DEPLOY if f"deploy/{each.name}" not in DOCUMENT] == []


def test_every_word_for_make_exists() -> None:
    rules = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {word for line in re.findall(r"\bmake ((?:[\w./-]+ ?)+)", ALL) for word in line.split() if "/." in word}
    assert said == {".venv/.run", "static/vendor/.done", "app/translations/.done"}
    assert said - rules == set()


def test_every_figure_exists(gnets: KeepingFlask) -> None:
    told = gnets.test_client().get("/metrics").text
    conditional = {"plenary_worker_seen_seconds", "plenary_backup_age_seconds"}
    said = set(re.findall(r"`(plenary_[a-z_]+)`", DOCUMENT))
    assert said >= conditional
    assert {each for each in said - conditional if f"\n{each}" not in told} == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_are_fenced_in_and_name_what_is_there(unit: Path) -> None:
    read = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(unit)
    if unit.suffix == ".timer":
        assert (ROOT / "deploy" / f"{unit.stem}.service").exists()
        return
    service = read["Service"]
    fences = "NoNewPrivileges ProtectHome PrivateTmp PrivateDevices ProtectKernelTunables RestrictSUIDSGID".split()
    assert [service[each] for each in fences] == ["yes"] * len(fences)
    assert (service["ProtectSystem"], service["UMask"], service["User"]) == ("strict", "0077", "plenary")
    program = service["ExecStart"].split()[0]
    assert (ROOT / program.removeprefix("/opt/plenary/")).exists()
