"""From the octets of any file to lines and components, in time that grows with its length and with nothing else.

Nothing here raises for what a file holds. Each step notes what is wrong and goes on as most programs would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 2_000_000
"""Octets of a file that are read; some programs refuse more than one million."""
MOST = 5_000
"""How many components of a file are read."""
DEEPEST = 8
"""How deep components may stand in one another."""
LONGEST = 75
"""Octets of a line (RFC 5545 3.1)."""
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach of a rule: its number, what kind of breach, on which line (0: of the file), and what it is about."""

    rule: str
    code: str
    line: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A content line, unfolded: `number` is the line of the file it begins on, names are in capitals."""

    number: int
    name: str
    params: tuple[tuple[str, str], ...]
    value: str

    def param(self, name: str) -> str:
        return next((value for key, value in self.params if key == name), "")


@dataclass(slots=True)
class Component:
    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def every(self, *names: str) -> Iterator[Line]:
        return (line for line in self.lines if line.name in names)

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.value if found else ""

    def within(self, name: str) -> list[Component]:
        return [each for each in self.inside if each.name == name]


def physical(octets: bytes, *, pasted: bool) -> tuple[list[bytes], list[Fault]]:
    """The lines of the file as they stand in it, and what is wrong with its octets (C1, C2).

    `pasted` text has lost its own line ends on the way, so they are not judged.
    """
    faults = []
    if octets.startswith(b"\xef\xbb\xbf"):
        octets = octets[3:]
        faults.append(Fault("C1", "byte order mark", 1))
    lines = re.split(b"\r\n|\n|\r", octets)
    if not pasted:
        faults += _ends(octets)
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            faults.append(Fault("C1", "long line", number, str(len(line))))
        following = lines[number] if number < len(lines) else b""
        if following[:1] in (b" ", b"\t"):
            if (len(line) - len(line.rstrip(b"\\"))) % 2:
                faults.append(Fault("C1", "fold in an escape", number))
            if _ends_in_a_character(line):
                faults.append(Fault("C1", "fold in a character", number))
    return lines, faults


def _ends(octets: bytes) -> Iterator[Fault]:
    wrong = re.search(b"(?<!\r)\n|\r(?!\n)", octets)
    if wrong:
        number = len(re.findall(b"\r\n|\n|\r", octets[: wrong.start()])) + 1
        yield Fault("C1", "line end", number)
    elif not octets.endswith(b"\r\n"):
        yield Fault("C1", "last line end", 0)


def _ends_in_a_character(line: bytes) -> bool:
    """Whether the line breaks off within a character of UTF-8."""
    for back in range(1, min(4, len(line) + 1)):
        octet = line[-back]
        if octet & 0xC0 == 0xC0:
            return back < (2 if octet < 0xE0 else 3 if octet < 0xF0 else 4)
        if octet < 0x80:
            return False
    return False


def unfolded(lines: list[bytes]) -> tuple[list[tuple[int, str]], list[Fault]]:
    """(number of its first line, text) of each content line, and which hold what no text may (C1, C2)."""
    joined: list[tuple[int, list[bytes]]] = []
    for number, line in enumerate(lines, 1):
        if line[:1] in (b" ", b"\t") and joined:
            joined[-1][1].append(line[1:])
        elif line:
            joined.append((number, [line]))
    found, faults = [], []
    for number, parts in joined:
        whole = b"".join(parts)
        text = whole.decode(errors="replace")
        if "\ufffd" in text and "\ufffd".encode() not in whole:
            faults.append(Fault("C1", "not UTF-8", number))
        if unseen := _UNSEEN.search(text):
            faults.append(Fault("C2", "control character", number, f"U+{ord(unseen[0]):04X}"))
        found.append((number, text))
    return found, faults


def parsed(number: int, text: str) -> Line | None:
    """The line taken apart (RFC 5545 3.1), or None when it has no name and value."""
    parts, quoted, start = [], False, 0
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter in ";:" and not quoted:
            parts.append(text[start:place])
            start = place + 1
            if letter == ":":
                break
    else:
        return None
    name, *params = parts
    if not name or not all(each.isascii() and (each.isalnum() or each == "-") for each in name):
        return None
    pairs = (each.partition("=") for each in params)
    return Line(number, name.upper(), tuple((key.upper(), value.strip('"')) for key, _, value in pairs), text[start:])


def components(texts: list[tuple[int, str]]) -> tuple[list[Component], list[Fault]]:
    """The components of the file, those within in those around them. What is not closed ends with the file."""
    roots: list[Component] = []
    open_: list[Component] = []
    faults: list[Fault] = []
    count = 0
    for number, text in texts:
        line = parsed(number, text)
        if line is None:
            faults.append(Fault("C4", "no content line", number))
            continue
        word = line.value.strip().upper()[:40]
        if line.name == "BEGIN":
            made = Component(word, number)
            count += 1
            if len(open_) >= DEEPEST or count > MOST:
                return roots, [*faults, Fault("C6", "too deep" if count <= MOST else "too many", number, word)]
            (open_[-1].inside if open_ else roots).append(made)
            open_.append(made)
        elif line.name == "END":
            if not open_ or open_[-1].name != word:
                faults.append(Fault("C6", "wrong end", number, word))
            if word in {each.name for each in open_}:
                while open_.pop().name != word:
                    pass
        elif open_:
            open_[-1].lines.append(line)
        else:
            faults.append(Fault("C6", "outside", number, line.name[:40]))
    faults += [Fault("C6", "no end", each.number, each.name) for each in open_]
    return roots, faults
