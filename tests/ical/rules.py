"""The rules of a calendar file as pure checks of its octets, apart from any library that reads or writes one."""

import re
from collections import Counter

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_FORBIDDEN = ("METHOD", "ATTENDEE", "ORGANIZER", "RDATE", "COMMENT", "X-ALT-DESC")
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_LOCAL = re.compile(r"\d{8}T\d{6}")


def faults(octets: bytes) -> list[str]:
    """Every breach of RFC 5545 and of our own promises, in words; an empty list for a sound file."""
    found = _octet_faults(octets)
    if found:
        return found
    lines = unfolded(octets)
    return [*_file_faults(lines), *(fault for event in events(octets) for fault in _event_faults(event, lines))]


def invitation_faults(octets: bytes) -> list[str]:
    """Those of an invitation by letter: what makes it one has its place there (RFC 5546 3.2.2), once each."""
    own, allowed = ("METHOD", "ATTENDEE", "ORGANIZER"), "has no place here"
    found = [each for each in faults(octets) if each != "not one UID"]
    counts = Counter(re.split("[:;]", line)[0] for line in unfolded(octets))
    missing = [f"not one {name}" for name in own if counts[name] != 1]
    return [*missing, *(each for each in found if not (each.startswith(own) and each.endswith(allowed)))]


def unfolded(octets: bytes) -> list[str]:
    """The content lines, with the folds of RFC 5545 3.1 taken out."""
    return octets.decode().replace("\r\n ", "").split("\r\n")[:-1]


def events(octets: bytes) -> list[dict[str, str]]:
    """Each VEVENT as {"DTSTART;TZID=Asia/Tokyo": "20230301T090000", ...}: name with parameters, raw value."""
    found: list[dict[str, str]] = []
    inside = False
    for line in unfolded(octets):
        if line == "BEGIN:VEVENT":
            inside = True
            found.append({})
        elif line == "END:VEVENT":
            inside = False
        elif inside:
            name, value = line.split(":", 1)
            assert name not in found[-1], f"{name} occurs twice"
            found[-1][name] = value
    return found


def _octet_faults(octets: bytes) -> list[str]:
    found = []
    if not octets.endswith(b"\r\n"):
        found.append("the file does not end with CRLF")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", octets):
        found.append("a line does not end with CRLF")
    physical = octets.split(b"\r\n")
    for line, following in zip(physical, [*physical[1:], b""], strict=True):
        if len(line) > 75:
            found.append(f"longer than 75 octets: {line!r}")
        if following.startswith(b" ") and (len(line) - len(line.rstrip(b"\\"))) % 2:
            found.append(f"folded inside an escape: {line!r}")
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append(f"folded inside a character: {line!r}")
            continue
        if _UNSEEN.search(line.decode()):
            found.append(f"a control character: {line!r}")
    return found


def _file_faults(lines: list[str]) -> list[str]:
    found = [f"{line} has no place here" for line in lines if re.split("[:;]", line)[0] in _FORBIDDEN]
    if (lines[0], lines[-1], lines.count("BEGIN:VCALENDAR")) != ("BEGIN:VCALENDAR", "END:VCALENDAR", 1):
        found.append("not one VCALENDAR")
    head = lines[: next((n for n, line in enumerate(lines) if n and line.startswith("BEGIN:")), len(lines))]
    if len(head) == len(lines):
        found.append("no component")
    names = Counter(re.split("[:;]", line)[0] for line in head)
    found += [f"not one {name}" for name in ("VERSION", "PRODID", "CALSCALE", "UID") if names[name] != 1]
    found += [f"no VALUE: {line}" for line in head if re.match("(REFRESH-INTERVAL|SOURCE):", line)]
    uids = Counter(line for line in lines if line.startswith("UID:"))
    return found + [f"{uid} occurs {count} times" for uid, count in uids.items() if count > 1]


def _event_faults(event: dict[str, str], lines: list[str]) -> list[str]:
    values = {name.split(";")[0]: value for name, value in event.items()}
    asked = ("UID", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY")
    missing = [f"no {name}" for name in asked if name not in values]
    if missing:
        return missing
    found = [f"{name} not in UTC" for name in asked[1:4] if not _STAMP.fullmatch(values[name])]
    if values["DTSTAMP"] != values["LAST-MODIFIED"]:
        found.append("DTSTAMP is not LAST-MODIFIED")
    if not re.fullmatch(r"\d{1,9}", values["SEQUENCE"]):
        found.append("SEQUENCE is not a small whole number")
    if values["STATUS"] not in ("CONFIRMED", "CANCELLED"):
        found.append(f"STATUS {values['STATUS']}")
    starts, ends = (next(name for name in event if name.split(";")[0] == prop) for prop in ("DTSTART", "DTEND"))
    found += _time_faults(starts, event[starts], lines) + _time_faults(ends, event[ends], lines)
    if starts.partition(";")[2] != ends.partition(";")[2]:
        found.append("start and end are of two types")
    if event[starts] >= event[ends]:
        found.append("it ends before it starts")
    return found


def _time_faults(name: str, value: str, lines: list[str]) -> list[str]:
    _, _, parameter = name.partition(";")
    if parameter == "VALUE=DATE":
        return [] if re.fullmatch(r"\d{8}", value) else [f"not a date: {value}"]
    if parameter.startswith("TZID="):
        known = f"TZID:{parameter.removeprefix('TZID=')}" in lines and "/" in parameter
        return [] if known and _LOCAL.fullmatch(value) else [f"no such zone in the file: {name}:{value}"]
    return [] if not parameter and _STAMP.fullmatch(value) else [f"a floating time: {name}:{value}"]
