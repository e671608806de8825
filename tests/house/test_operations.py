"""What docs/operations.md tells a stranger to type, set and open is there."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app import clock, config, files, sheets
from app.ical import doctor
from app.office.views import LETTER_MB
from app.profiles.photos import PORTRAIT
from app.site import pictures
from app.videos.service import CAPTIONS_MB
from app.videos.terms import Terms
from app.videos.views import SMALL_MB
from app.web import tables
from app.web.kept import KeepingFlask

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
DOCUMENT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOY = sorted(each for each in (ROOT / "deploy").iterdir() if each.is_file())
UNITS = [each for each in DEPLOY if each.suffix in {".service", ".timer"}]
BLOCKS = re.findall(r"^ *```\n(.*?)^ *```$", DOCUMENT, re.MULTILINE | re.DOTALL)
TYPED = [line.strip() for block in BLOCKS for line in block.splitlines()]
COMMAND = ROOT / "deploy" / "plenary"
ALL = "\n".join([DOCUMENT, *(each.read_text(encoding="utf-8") for each in DEPLOY)])


def commands(app: Flask) -> dict[str, set[str]]:
    """Each command of ours with its options."""
    found = {
        name: {o for p in each.params for o in (*p.opts, *p.secondary_opts)} for name, each in app.cli.commands.items()
    }
    return found | {"db": {"upgrade"}}


def test_every_command_and_option_exists(app: KeepingFlask) -> None:
    there = commands(app)
    said = re.findall(r"(?:--app \S*wsgi|sudo plenary|`plenary|bin/plenary) ([a-z-]+)([^`\n]*)", ALL)
    assert len({name for name, _ in said}) >= 10
    assert {name for name, _ in said} - there.keys() == set()
    odd = {(name, option) for name, rest in said for option in re.findall(r"--[a-z-]+", rest)} - {
        (name, option) for name, options in there.items() for option in options
    }
    assert odd == set()


def test_every_command_takes_the_settings_and_the_user_of_the_installation() -> None:
    """Any other way would act on a database of its own; only a trial says of which."""
    ours = [line for line in TYPED if re.search(r"flask|wsgi|granian|(?<!-u )(?<![\w/=-])plenary [a-z]", line)]
    assert len(ours) >= 8
    right = ("sudo plenary ", "sudo -u plenary env PLENARY_INSTANCE=/tmp/")
    assert [line for line in ours if not line.startswith(right)] == []
    assert [line for line in DOCUMENT.splitlines() if "flask" in line and line.strip() not in TYPED] == []
    assert f"sudo install -m 755 {COMMAND.relative_to(ROOT)} /usr/local/bin/plenary" in TYPED


def run_as(name: str, folder: Path, *words: str) -> str:
    """What the word `plenary` says when this user types it: what it calls tells its own words and settings."""
    told = {
        "bin/id": f"echo {name}",
        "bin/sudo": 'echo "sudo $*"',
        "opt/plenary/.venv/bin/flask": 'echo "flask $*"; env; umask; pwd; exit 75',
    }
    for file, act in told.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(f"#!/bin/sh\n{act}\n", encoding="utf-8")
        (folder / file).chmod(0o700)
    text = COMMAND.read_text(encoding="utf-8")
    command = folder / "plenary"
    command.write_text(text.replace(" /etc/", f" {folder}/").replace(" /opt/", f" {folder}/opt/"), encoding="utf-8")
    environment = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    ran = subprocess.run(
        ["sh", command, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (75 if "flask" in ran.stdout else 0, "")
    return ran.stdout


def test_the_word_plenary_becomes_the_user_and_brings_what_systemd_would(tmp_path: Path) -> None:
    example = (ROOT / "deploy" / "plenary.env.example").read_text(encoding="utf-8")
    awkward = "PLENARY_METRICS_TOKEN='$HOME `id` \\ \" #'\n"
    (tmp_path / "plenary.env").write_text(example + awkward, encoding="utf-8")
    assert run_as("root", tmp_path, "bounce", "a b") == f"sudo -u plenary {tmp_path}/plenary bounce a b\n"
    said = run_as("plenary", tmp_path, "bounce", "a b").splitlines()
    assert said[0] == f"flask --app {tmp_path}/opt/plenary/wsgi bounce a b"
    assert said[-2:] == ["0077", str(tmp_path)]
    meant = [line for line in (example + awkward).splitlines() if not line.startswith("#")]
    assert [line for line in meant if re.search(r"[\s$`\"\\]", line) and not re.search(r"='[^']*'$", line)] == []
    assert {line.replace("'", "") for line in meant} == {line for line in said if line.startswith("PLENARY_")}


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


def test_each_limit_of_a_file_is_the_one_that_is_told() -> None:
    """The table of docs/contract.md."""
    rows = re.findall(r"^\| (an? [^|]+|the [^|]+|captions|any [^|]+) \| ([^|]+) \| ([^|]+) \|", CONTRACT, re.MULTILINE)
    told = {what: [int(each) for each in re.findall(r"\d+", most)] for what, _kinds, most in rows}
    terms = Terms(clock.now())
    assert told == {
        "a city's letter of authority": [LETTER_MB],
        "the photo of a person": [PORTRAIT.megabytes],
        "a photo of the site": [pictures.WANTED.megabytes],
        "a video": [terms.megabytes, terms.quota_megabytes, SMALL_MB],
        "captions": [CAPTIONS_MB],
        "a table": [tables.LARGEST // 2**20],
        "a calendar to be examined": [doctor.LARGEST // 10**6],
        "any other request": [config.FIXED["MAX_CONTENT_LENGTH"] // 2**20],
    }
    kinds = {what: said for what, said, _most in rows}
    for what, wanted in (("the photo of a person", PORTRAIT), ("a photo of the site", pictures.WANTED)):
        assert f"{wanted.least} pixels" in kinds[what]
        assert {each.upper() for each in re.findall(r"\b(?:JPEG|PNG|WebP)", kinds[what])} == set(wanted.formats)
    assert {kind.split("/")[1].upper() for kind, _end in files.KINDS.values()} == set(
        kinds["a city's letter of authority"].split(", ")
    )
    assert f"{sheets.ROWS:,} rows" in kinds["a table"]


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
    assert (service["EnvironmentFile"], service["WorkingDirectory"]) == ("/etc/plenary.env", "/opt/plenary")
    program = service["ExecStart"].split()[0]
    assert (ROOT / program.removeprefix("/opt/plenary/")).exists()
