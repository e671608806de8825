"""`make mutants`: whether the tests of the rooms that guard notice every small wrong in them.

`make mutants ARGS=app/tokens.py` looks at some files only. Those that no test can notice because they change nothing
stand in known.toml, each with its reason. Ends with 1 when any other is alive, or when one of those is no longer.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

from tests.trust.mutants.cutting import Mutant, mutants
from tests.trust.mutants.hunt import WORDS, Hunt, forked, passes_anew

ROOT = Path(__file__).resolve().parents[3]
GUARDS: dict[str, tuple[str, ...]] = {
    "app/tokens.py": ("tests/test_tokens.py",),
    "app/accounts/access.py": (
        "tests/accounts/test_access.py",
        "tests/accounts/test_second_step.py::test_staff_without_a_second_step_are_led_to_set_one_up_before_any_page_of_the_desk",
        "tests/accounts/test_second_step.py::test_desk_opens_with_a_second_step",
        "tests/accounts/test_heard.py",
        "tests/accounts/test_sleeping.py",
        "tests/house/test_policy.py",
    ),
    "app/accounts/again.py": (
        "tests/accounts/test_changing_a_password.py",
        "tests/accounts/test_proving.py",
        "tests/accounts/test_sleeping.py",
    ),
    "app/accounts/brake.py": (
        "tests/accounts/test_brake.py",
        "tests/accounts/test_heard.py::test_guessing_that_is_slowed_is_told_and_who_is_let_in_is_not",
    ),
    "app/accounts/places.py": ("tests/accounts/test_places.py",),
    "app/accounts/proving.py": ("tests/accounts/test_proving.py", "tests/accounts/test_second_step.py"),
    "app/accounts/codes.py": ("tests/accounts/test_second_step.py",),
    "app/accounts/second.py": ("tests/accounts/test_second.py",),
    "app/sheets.py": ("tests/test_sheets.py",),
    "app/db.py": ("tests/test_db.py",),
    "app/outbox/claims.py": ("tests/outbox/test_taking.py", "tests/outbox/test_turns.py"),
    "app/registration/places.py": ("tests/registration/test_places.py",),
    "app/visits/seats.py": ("tests/visits/test_seats.py",),
    "app/ical/words.py": ("tests/ical/test_words.py", "tests/ical/test_writing.py"),
    "app/ical/writing.py": ("tests/ical/test_writing.py", "tests/ical/test_inviting.py"),
    "app/ical/inviting.py": ("tests/ical/test_inviting.py",),
}
"""The files that guard, and where the tests stand that hold them to it: in one process, for of a server that a test
starts this sees nothing."""
PARTS: dict[str, tuple[str, ...]] = {
    "app/db.py": ("claim", "passing"),
    "app/sheets.py": ("the module", "write_csv", "write_xlsx", "harmless", "plain", "_acts", "_bare", "_measure"),
}
"""Of these files only the functions that guard."""
HOUR = 3600


def known(file: str) -> dict[tuple[str, str, str], str]:
    """The mutants of a file that change nothing anybody could notice, with the reason."""
    with Path(__file__).with_name("known.toml").open("rb") as opened:
        entries = tomllib.load(opened).get(file, [])
    return {(each["in"], each["was"], each["becomes"]): each["because"] for each in entries}


def alive(file: str, made: list[Mutant]) -> list[int]:
    """The numbers of the mutants that the tests of a file let live."""
    with tempfile.NamedTemporaryFile() as told:

        def hunts() -> bool:
            hunt = Hunt(ROOT / file, made)
            hunt.load()
            ended = pytest.main([*WORDS, *GUARDS[file]], plugins=[hunt])
            found = hunt.alive, hunt.unsure, hunt.borrowed
            Path(told.name).write_bytes(pickle.dumps(found))
            return ended == 0

        if not forked(hunts, HOUR):
            raise SystemExit(f"The tests of {file} do not pass as they stand.")
        lives, unsure, borrowed = pickle.loads(Path(told.name).read_bytes())
    for name in borrowed:  # what others wrote need not be loaded for every mutant
        with suppress(Exception):
            import_module(name)
    say(f"{file}: of {len(made)} mutants {len(lives)} live, {len(unsure)} are to be tried anew")
    return sorted([*lives, *_alive_anew(file, made, unsure)] if unsure else lives)


def _alive_anew(file: str, made: list[Mutant], unsure: list[int]) -> Iterator[int]:
    """Those of the `unsure` that live where the file is loaded wrong. All tests of the file are asked: what it does
    while it is loaded is seen by tests that call nothing of it."""
    begun, tests = time.monotonic(), list(GUARDS[file])
    if not passes_anew(ROOT / file, compile((ROOT / file).read_bytes(), str(ROOT / file), "exec"), tests, HOUR):
        raise SystemExit(f"The tests of {file} do not pass in a process of their own.")
    patience = 30 + 3 * int(time.monotonic() - begun)
    for at in unsure:
        if passes_anew(ROOT / file, made[at].code, tests, patience):
            yield at


def hold(file: str) -> bool:
    """Say what came of a file's mutants: True when each is noticed or known to change nothing."""
    begun, parts = time.monotonic(), PARTS.get(file)
    made = [each for each in mutants(ROOT / file) if parts is None or each.within in parts]
    reasons, left = known(file), [made[at] for at in alive(file, made)]
    unknown = [each for each in left if each.name not in reasons]
    stale = sorted(set(reasons) - {each.name for each in left})
    say(
        f"{file}: {len(made)} mutants, {len(made) - len(left)} noticed, {len(left) - len(unknown)} that change nothing,"
        f" {len(unknown)} alive; {time.monotonic() - begun:.0f} s"
    )
    for mutant in unknown:
        say(f"  alive: {mutant}")
    for name in stale:
        say(f"  in known.toml, but noticed or not there: {name}")
    return not (unknown or stale)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    held = [hold(file) for file in sys.argv[1:] or GUARDS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
