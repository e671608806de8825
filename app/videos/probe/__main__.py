"""The file on standard input, its facts as one line of JSON on standard output: see app.videos.probing."""

from __future__ import annotations

import json
import os
import resource
import sys

from app.planning import wire
from app.videos.probe.measuring import measure

MEMORY = 3 * 512 * 1024**2
SECONDS = 900
"""Of the processors' time: a film of half an hour, 1920 × 1080, on a slow machine."""


def confine() -> None:
    """Take from this process what measuring does not need: it writes no file, and ends when it grows or lingers."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))
    os.nice(10)


def main() -> int:
    """Measure and say; a file that cannot be read is said to be so, and is no fault of ours."""
    confine()
    facts = measure(sys.stdin.buffer)
    sys.stdout.write(json.dumps(wire.dump(facts)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
