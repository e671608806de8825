"""The code of earlier revisions of the database, found by git, and the databases that it left.

    .venv/bin/python -m tests.trust.earlier 0031

adds to tests/data/earlier.tar.xz, or makes anew, what the code of that revision leaves: the last that had no later one
or, for the newest, the code as it stands here.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from app.care import revisions
from tests.care.copies import back_up, machine
from tests.databases import KEY
from tests.trust.served import ROOT

KEPT = ROOT / "tests" / "data" / "earlier.tar.xz"
MIGRATIONS = "app/migrations/versions/"
ACTS = Path(__file__).with_name("acts.py")


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def newest_of(revision: str) -> str:
    """The newest commit whose newest migration is this one. LookupError, with what helps, when git knows of none."""
    try:
        for commit in _git("rev-list", "HEAD").decode().split():
            found = _git("ls-tree", "--name-only", commit, MIGRATIONS).decode().split()
            if found and Path(found[-1]).name.partition("_")[0] == revision:
                return commit
    except (OSError, subprocess.CalledProcessError) as fault:
        said = getattr(fault, "stderr", b"").decode(errors="replace") or fault
        raise LookupError(f"The code of revision {revision} comes from git, which says: {said}") from fault
    raise LookupError(
        f"The history that is here has no code of revision {revision}. If it was cut short, git fetch --unshallow"
        " brings the rest."
    )


def checked_out(commit: str, folder: Path) -> Path:
    """The code of a commit in a folder of its own, with what `make` has made here: what comes from npm, and the
    catalogues, which lack what was worded otherwise then."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as whole:
        whole.extractall(folder, filter="data")
    if not (vendor := folder / "static" / "vendor").exists():
        vendor.symlink_to(ROOT / "static" / "vendor")
    for made in ROOT.glob("app/translations/*/LC_MESSAGES/*.mo"):
        if (theirs := folder / made.relative_to(ROOT)).parent.is_dir():
            shutil.copyfile(made, theirs)
    return folder


def make(revision: str, folder: Path) -> Path:
    """A backup of what the code of a revision leaves: its demonstration, and what acts.py has it do. LookupError when
    there is no such code."""
    newest = revision == revisions.known()[-1]
    code = ROOT if newest else checked_out(newest_of(revision), folder / "code")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    ours |= {"PLENARY_INSTANCE": str(folder / "instance"), "PLENARY_SECRET_KEY": KEY}
    ours |= {"PLENARY_BASE_URL": "http://localhost"}
    prepare = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
    subprocess.run(prepare, cwd=code, env=ours, check=True)
    with ACTS.open() as acts:
        subprocess.run([sys.executable, "-", revision], cwd=code, env=ours, check=True, stdin=acts)
    with machine(folder / "instance") as app:  # not every revision could make backups, and they are much the same
        return back_up(app, folder / f"{revision}.zip", "--no-key")


def keep(file: Path) -> None:
    """Put a backup among those kept. They lie there side by side and not packed by themselves, since most of each is
    in the others too."""
    plain = io.BytesIO()
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(plain, "w") as unpacked:
        for name in packed.namelist():
            unpacked.writestr(zipfile.ZipInfo(name), packed.read(name))
    with tarfile.open(KEPT) as whole:
        there = {each.name: whole.extractfile(each) for each in whole.getmembers()}
        octets = {name: held.read() for name, held in there.items() if held is not None}
    octets[file.name] = plain.getvalue()
    with tarfile.open(KEPT, "w:xz", preset=9) as whole:
        for name, each in sorted(octets.items()):
            told = tarfile.TarInfo(name)
            told.size = len(each)
            whole.addfile(told, io.BytesIO(each))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        keep(make(sys.argv[1], Path(made_in)))
