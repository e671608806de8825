"""A36: what is open to the world does not start with settings that open it to everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app import config
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"BASE_URL": "https://summit.example"}
BAD: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "a short key": ({"SECRET_KEY": "x" * 31}, {}, "shorter than 32 octets"),
    "the key of an example": ({"SECRET_KEY": "change me, change me, change me, please"}, {}, "is a sample"),
    "a key of one letter": ({"SECRET_KEY": "a" * 64}, {}, "is a sample"),
    "debugging by the mapping": ({"DEBUG": True}, {}, "DEBUG is on"),
    "debugging by the environment": ({}, {"FLASK_DEBUG": "1"}, "DEBUG is on"),
    "a short token for figures": ({"METRICS_TOKEN": "guess"}, {}, "PLENARY_METRICS_TOKEN is shorter"),
    "the password of the example": ({"MAIL_PASSWORD": "change me"}, {}, "that of the example"),
}


@pytest.mark.parametrize("case", BAD)
def test_production_refuses_and_a_trial_does_not(tmp_path: Path, case: str) -> None:
    given, environment, sentence = BAD[case]
    with pytest.raises(config.BadSetting, match=sentence):
        config.read(GOOD | given | {"INSTANCE": str(tmp_path)}, environment)
    assert config.read(given | {"INSTANCE": str(tmp_path)}, environment)["BASE_URL"].startswith("http://")


@pytest.mark.parametrize("name", ["plenary.db", "secret.key"])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    config.read(GOOD | {"INSTANCE": str(tmp_path)}, {})
    (tmp_path / name).touch()
    (tmp_path / name).chmod(0o640)
    with pytest.raises(config.BadSetting, match=f"chmod 600 .*{name}"):
        config.read(GOOD | {"INSTANCE": str(tmp_path)}, {})


def test_what_refuses_says_so_in_sentences_and_all_of_them(tmp_path: Path, figures: Figures) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    said = {"PLENARY_INSTANCE": str(tmp_path / "new"), "PLENARY_BASE_URL": "https://summit.example"}
    wrong = {"PLENARY_SECRET_KEY": "short", "PLENARY_MAIL_PASSWORD": "change me"}
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"]
    done = subprocess.run(words, cwd=ROOT, env=ours | said | wrong, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "Plenary does not start for the public like this:"
    assert [each.split(" ")[0] for each in lines[1:]] == ["PLENARY_SECRET_KEY", "PLENARY_MAIL_PASSWORD"]
    figures.hold("A36", "starts for the public with a weak key", int(done.returncode == 0), exactly=0)
