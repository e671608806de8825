"""The running order as files that players, spreadsheets and checksum programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flask_babel import gettext as _

from app.desk.screening.running import Block, Film, Turn
from app.ical import clean
from app.sheets import write_csv
from app.videos.saying import clock

Address = Callable[[Film], str]
"""Where a film is to be had; empty: only by the name of its file."""
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "m3u": "audio/x-mpegurl; charset=utf-8",
    "sha256": "text/plain; charset=utf-8",
}


def table(blocks: Iterable[Block], address: Address, day: Callable[[Block], str]) -> bytes:
    """A row for each turn, as spreadsheets read it."""
    header = (
        *(_("Place in order"), _("Session"), _("When"), _("City or person"), _("Speaker"), _("Language"), _("Length")),
        *(
            _("Seconds"),
            _("File"),
            _("Megabytes"),
            _("SHA-256"),
            _("Captions"),
            _("If it fails"),
            _("State"),
            _("Address"),
        ),
    )
    return write_csv(header, (_cells(block, turn, address, day) for block in blocks for turn in block.turns))


def _cells(block: Block, turn: Turn, address: Address, day: Callable[[Block], str]) -> list[str]:
    film = turn.backup if turn.live else turn.film
    file = film.file if film else None
    return [
        *(
            str(turn.place),
            block.title,
            day(block),
            turn.name,
            film.speaker if film else "",
            film.language if film else "",
        ),
        *(clock(film.seconds) if film and film.seconds else "", f"{film.seconds:.1f}" if film and film.seconds else ""),
        *(turn.backup_name if turn.live else turn.file_name, f"{file.size / 1e6:.1f}" if file else ""),
        *(file.sha256 if file else "", _captions(film)),
        *(fallback(turn), state_word(turn), _address(film, address)),
    ]


def _address(film: Film | None, address: Address) -> str:
    if film is None or film.file is None:
        return ""
    return film.file.link or address(film)


def _captions(film: Film | None) -> str:
    if film is None or film.file is None:
        return ""
    words = _("in the picture") if film.burned_in else _("in a file") if film.file.captions else _("none")
    return str(words)


def fallback(turn: Turn) -> str:
    """What is done where the video cannot be played, or those who speak online cannot be reached."""
    if turn.live:
        return str(_("this film, if the line fails"))
    if turn.backup is not None and turn.backup.file is not None:
        return turn.backup_name or turn.backup.file.link
    if turn.film is not None and turn.film.transcript:
        return str(_("the written text is read out"))
    return str(_("nothing"))


def state_word(turn: Turn) -> str:
    """Where a turn stands, in words."""
    if turn.live:
        return str(_("speaks online; in reserve"))
    if turn.film is None:
        return str(_("not asked for yet"))
    words = {"played": _("played"), "not_played": _("not played"), "waived": _("done without")}
    said = words.get(turn.film.state.value)
    return str(said or (_("ready") if turn.ready else _("missing")))


def m3u(title: str, blocks: Iterable[Block], address: Address | None) -> bytes:
    """Extended M3U in UTF-8: by address, or by the names of the files as they are downloaded. What is missing stands as
    a remark, so that nobody takes the list for whole."""
    return "\n".join(["#EXTM3U", f"#PLAYLIST:{_line(title)}", *_entries(blocks, address), ""]).encode()


def _entries(blocks: Iterable[Block], address: Address | None) -> Iterator[str]:
    for block in blocks:
        yield f"#EXTGRP:{_line(block.title)}"
        for turn in block.turns:
            if turn.live or turn.waived:
                continue
            film, name = (turn.film, turn.file_name) if turn.ready else (turn.backup, turn.backup_name)
            if film is None or film.file is None:
                yield f"# {turn.place}: {_line(turn.name)}: " + _("no file")
                continue
            language = f" ({film.language})" if film.language else ""
            yield f"#EXTINF:{round(film.seconds)},{turn.place}. {_line(turn.name)}{_line(language)}"
            yield film.file.link or (address(film) if address else name)


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")


def sums(blocks: Iterable[Block]) -> bytes:
    """What `sha256sum --check` reads."""
    lines = []
    for turn in (turn for block in blocks for turn in block.turns):
        for film, name in ((turn.film, turn.file_name), (turn.backup, turn.backup_name)):
            if film is not None and film.file is not None and film.file.sha256 and name:
                lines.append(f"{film.file.sha256}  {name}\n")
    return "".join(dict.fromkeys(lines)).encode()
