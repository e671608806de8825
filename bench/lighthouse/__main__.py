"""What Lighthouse says of four pages on its mobile profile, the median of five looks: `make lighthouse`.

`make lighthouse ARGS="agenda 1"` looks at one page, once. Leaves with an error when a figure is below its floor.
Lighthouse is fetched when it is first asked for, by the lock file beside this one; nothing else of Plenary needs it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import select

from app import clock, create_app
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.registration.service import Application, Details, register
from tests.browser import chromium

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = {"front page": "/rehearsal/", "agenda": "/rehearsal/agenda", "registration": "", "my page": ""}
FOUND = frozenset({"front page", "agenda"})
"""The pages that search engines are to find; the others are somebody's own."""
FLOORS = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 95}
LOOKS = 5
TRIES = 3
"""A look that did not come off, as a browser's now and then does not, says nothing of a page."""


def fetch() -> Path:
    """Lighthouse's program, fetched by the lock file when it is not there or is another than the lock says."""
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".done"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        print("Fetching Lighthouse, about 180 MB, once.", flush=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        command = ["npm", "--loglevel=error", "ci", "--prefer-offline"]
        subprocess.run(command, cwd=HERE, env=os.environ | {"PATH": path}, check=True)
        done.touch()
    return HERE / "node_modules" / "lighthouse" / "cli" / "index.js"


def anna(folder: Path) -> dict[str, str]:
    """Somebody of Rome registers: the addresses of the form that she filled in and of her own page."""
    app = create_app({"INSTANCE": str(folder), "DATABASE_URL": "", "SECRET_KEY": ""})
    with app.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        rome = db.session.execute(select(Delegation).where(Delegation.event_id == event.id).limit(1)).scalar_one()
        told = Details(Mode.VENUE, "Anna Bianchi", "Deputy Mayor", "City of Rome", "anna@rome.example")
        link, key = rome.link, rome.id
        made = write(lambda: register(event, Application("lighthouse", key, told), clock.now()))
        found = {"registration": f"/rehearsal/register/{link}", "my page": f"/d/{made.link}/"}
        db.session.remove()
        db.engine.dispose()
    return found


def look(program: Path, url: str) -> dict[str, int]:
    """One look: category -> figure; what falls short is told on the way."""
    command = ["node", str(program), url, "--quiet", "--output=json", f"--chrome-flags={' '.join(chromium.FLAGS)}"]
    command.append(f"--only-categories={','.join(FLOORS)}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    around = os.environ | {"CHROME_PATH": chromium.executable(), "PATH": path}
    for _each in range(TRIES):
        looked = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
        if looked.returncode == 0:
            break
        print(f"    Lighthouse could not look: {looked.stderr[-500:]}", flush=True)
    else:
        sys.exit(f"Lighthouse could not look at {url} in {TRIES} tries.")
    told = json.loads(looked.stdout)
    for name, category in told["categories"].items():
        for each in category["auditRefs"]:
            audit = told["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < 1 and name != "performance":
                print(f"    {name}: {audit['title']}", flush=True)
    return {name: round(100 * (category["score"] or 0)) for name, category in told["categories"].items()}


def measure(url: str, folder: Path, only: str, looks: int) -> list[str]:
    """Print the medians of each page; what is below its floor, in words."""
    program, low = fetch(), []
    for page, path in (PAGES | anna(folder)).items():
        if only and only != page:
            continue
        all_looks = [look(program, url + path) for _each in range(looks)]
        medians = {name: statistics.median(each[name] for each in all_looks) for name in FLOORS}
        print(f"{page:14}" + "".join(f"{name} {medians[name]:<6.0f}" for name in FLOORS), flush=True)
        floors = {name: floor for name, floor in FLOORS.items() if name != "seo" or page in FOUND}
        low += [f"{page}: {name} is below {floor}" for name, floor in floors.items() if medians[name] < floor]
    return low


def main(only: str = "", looks: int = LOOKS) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        around = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
        around |= {"PORT": str(port), "PLENARY_INSTANCE": folder, "PYTHONUNBUFFERED": "1"}
        told = subprocess.PIPE
        parent = subprocess.Popen([sys.executable, "start.py"], cwd=ROOT, env=around, stdout=told, text=True)
        try:
            assert parent.stdout is not None
            if not any("Plenary is ready" in line for line in parent.stdout):
                sys.exit("Plenary did not start.")
            low = measure(f"http://127.0.0.1:{port}", Path(folder), only, looks)
        finally:
            parent.send_signal(signal.SIGINT)
            parent.communicate()
    if low:
        sys.exit("\n".join(low))


if __name__ == "__main__":
    words = [each for each in sys.argv[1:] if not each.isdigit()]
    figures = [int(each) for each in sys.argv[1:] if each.isdigit()]
    main(" ".join(words), *figures[:1])
