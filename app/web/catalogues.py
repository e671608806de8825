"""The catalogues of words in other languages as gettext reads them, made wherever their .po files are newer."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

log = logging.getLogger(__name__)


def make_ready(directory: Path) -> None:
    """Compile each catalogue that is missing or older than its source, so that no step is needed before a start.

    Several processes may do it at once. Where nothing can be written it is said in the log, and letters go in English.
    """
    for source in sorted(directory.glob("*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, made)
        except OSError as fault:
            log.warning("Words in %s cannot be made ready, so English stands in for them: %s", source.parts[-3], fault)


def _compile(source: Path, made: Path) -> None:
    """Under a name of its own first, so that nobody reads half of it."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    draft = made.with_name(f".{secrets.token_hex(8)}.mo")
    try:
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(made)
    finally:
        draft.unlink(missing_ok=True)
