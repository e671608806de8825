"""What a restore refuses, in words, and that it leaves nothing behind when it does."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from app.care import revisions
from app.web.kept import KeepingFlask
from tests.care.copies import back_up, machine, manifest, restore, rewrite, run
from tests.registration.cast import assemble

pytestmark = pytest.mark.one_database


@pytest.fixture
def copy(app: KeepingFlask, instance: Path, tmp_path: Path) -> Path:
    """A backup of the summit of the cast, with one upload."""
    assemble(app)
    upload = instance / "uploads" / "ab" / "abcdef"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_bytes(b"%PDF- a letter of authority")
    try:
        return back_up(app, tmp_path / "copy.zip")
    finally:
        upload.unlink()


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(app: KeepingFlask, tmp_path: Path) -> None:
    file = back_up(app, tmp_path / "copy.zip")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run(app, "backup", str(file))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_backup_into_a_folder_bears_its_time_and_may_go_without_key(app: KeepingFlask, tmp_path: Path) -> None:
    assert run(app, "backup", "--no-key", str(tmp_path)).exit_code == 0
    (file,) = tmp_path.glob("plenary-*Z.zip")
    assert manifest(file)["files"] == {}


def test_files_and_key_come_back(app: KeepingFlask, copy: Path, tmp_path: Path) -> None:
    with machine(tmp_path / "new") as empty:
        answer = restore(empty, copy)
    file = tmp_path / "new" / "uploads" / "ab" / "abcdef"
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"%PDF- a letter of authority", 0o600)
    assert (tmp_path / "new" / "secret.key").read_text() == f"{app.config['SECRET_KEY']}\n"
    assert "2 files" in answer.output
    with machine(tmp_path / "new") as again:
        assert (
            "not empty" in run(again, "restore", str(copy)).output
            or "holds files" in run(again, "restore", str(copy)).output
        )


DAMAGE: dict[str, tuple[dict[str, bytes | None], str]] = {
    "a row changed": ({"tables/members.jsonl": b"{}\n"}, "damaged at tables/members.jsonl"),
    "a table gone": ({"tables/members.jsonl": None}, "damaged at tables/members.jsonl"),
    "an upload changed": ({"uploads/ab/abcdef": b"other"}, "damaged at uploads/ab/abcdef"),
    "the manifest gone": ({"manifest.json": None}, "no backup of Plenary, or is damaged"),
    "the manifest no JSON": ({"manifest.json": b"{"}, "manifest cannot be read"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_archive_is_refused_and_leaves_nothing(copy: Path, tmp_path: Path, damage: str) -> None:
    changes, sentence = DAMAGE[damage]
    wrong = rewrite(copy, tmp_path / "wrong.zip", changes)
    with machine(tmp_path / "new") as empty:
        answer = run(empty, "restore", str(wrong))
        assert (answer.exit_code, sentence in answer.output) == (1, True), answer.output
        restore(empty, copy)  # and the whole one comes in afterwards


def test_half_an_archive_is_refused(copy: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    with machine(tmp_path / "new") as empty:
        answer = run(empty, "restore", str(half))
        restore(empty, copy)  # and the whole one comes in afterwards
    assert (answer.exit_code, "no backup of Plenary, or is damaged" in answer.output) == (1, True)


def test_a_file_that_would_leave_the_instance_is_refused(copy: Path, tmp_path: Path) -> None:
    said = manifest(copy)
    said["files"]["uploads/../../escaped"] = said["files"]["uploads/ab/abcdef"]
    changes: dict[str, bytes | None] = {"manifest.json": json.dumps(said).encode(), "uploads/../../escaped": b"x"}
    wrong = rewrite(copy, tmp_path / "wrong.zip", changes)
    with machine(tmp_path / "new") as empty:
        answer = run(empty, "restore", str(wrong))
    assert "where none may be" in answer.output
    assert not (tmp_path / "escaped").exists()


def test_an_archive_of_a_newer_plenary_is_refused(copy: Path, tmp_path: Path) -> None:
    said = manifest(copy) | {"revision": "9999"}
    newer = rewrite(copy, tmp_path / "newer.zip", {"manifest.json": json.dumps(said).encode()})
    with machine(tmp_path / "new") as empty:
        answer = run(empty, "restore", str(newer))
    assert (answer.exit_code, f"knows revisions up to {revisions.known()[-1]}" in answer.output) == (1, True)


def test_rows_that_are_here_already_stay(app: KeepingFlask, copy: Path) -> None:
    answer = run(app, "restore", str(copy))
    assert (answer.exit_code, "a backup is restored into an empty" in answer.output) == (1, True)


def test_another_key_in_the_settings_is_refused(copy: Path, tmp_path: Path) -> None:
    with machine(tmp_path / "new", SECRET_KEY="another key, just as long as the one of the tests") as empty:
        answer = run(empty, "restore", str(copy))
    assert (answer.exit_code, "is not the key of this backup" in answer.output) == (1, True)
