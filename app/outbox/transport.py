"""Where octets go: to the mail server over one connection for a batch, or into a folder when none is set."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import current_app
from flask_mail import Connection, Message

from app.ical import clean
from app.outbox import addresses

TIMEOUT = 20
"""Seconds that a mail server may take for each of its replies."""
LONGEST = 2000
"""Characters of a reply that are kept."""
ASKS_FOR_SIGN_IN = {530, 534, 535, 538}
"""Replies that speak of our own sign-in at whatever phase (RFC 4954 6)."""


class Unsent(Exception):
    """A letter did not go. The words are the server's reply, with its code before it, or what became of the line."""

    def __init__(self, words: str, phase: str = "") -> None:
        super().__init__(words)
        self.phase = phase
        """What was answered so: "RCPT"; empty when nothing was."""

    @property
    def code(self) -> str:
        """ "550", or "550 5.1.1" where the server told more (RFC 2034); empty when there was no reply."""
        found = CODE.match(str(self))
        return " ".join(filter(None, found.groups())) if found else ""


CODE = re.compile(r"([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})\b)?")


class Passing(Unsent):
    """This letter could not go now, but may later. `cut` tells that the line broke, which others may meet as well."""

    def __init__(self, words: str, cut: bool = False, phase: str = "") -> None:
        super().__init__(words, phase)
        self.cut = cut

    @property
    def slowing(self) -> bool:
        """Whether the server asks for less at a time, or for none just now."""
        return self.code[:3] in {"421", "432", "451"}


class Rejected(Unsent):
    """The server refused this letter for good (5xx)."""


class Down(Exception):
    """No letter can go now, whichever it is."""


class Misconfigured(Down):
    """No letter can go until somebody mends the settings: sign-in or certificate refused, TLS not offered."""


@dataclass(frozen=True)
class Parcel:
    """A letter ready to go."""

    kind: str
    sender: str
    to: str
    dated: datetime
    octets: bytes


class Carrier(Protocol):
    """What takes parcels. Raises what is above; what it raises nothing for, it has taken."""

    def open(self) -> None:
        """Get ready to carry, if need be once more."""

    def carry(self, parcel: Parcel) -> None: ...

    def close(self) -> None: ...


def carrier() -> Carrier:
    """The one the settings name."""
    if current_app.config["MAIL_SERVER"]:
        return Smtp()
    return Folder(Path(current_app.config["INSTANCE"]) / "mail")


class Stored(Message):
    """Octets for Flask-Mail to carry as they are. Its own __init__ would ask the DNS for a Message-ID nobody reads."""

    def __init__(self, parcel: Parcel) -> None:
        self.octets = parcel.octets
        self.sender = parcel.sender
        self.recipients = [parcel.to]
        self.cc, self.bcc = [], []
        self.subject, self.reply_to = "", None
        self.date = parcel.dated.timestamp()
        self.mail_options, self.rcpt_options = [], []

    def as_bytes(self) -> bytes:
        return self.octets


class Conn(Connection):
    """Flask-Mail's connection with a time-out, a checked certificate, and no DNS look-up of our own name."""

    patience: float

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        mail, name = self.mail, addresses.domain()
        context = ssl.create_default_context() if self.mail.use_tls else None  # it takes longer than a letter
        wrapped = mail.use_tls and mail.port == 465  # RFC 8314 3.3
        host = (
            smtplib.SMTP_SSL(mail.server, mail.port or 0, name, timeout=self.patience, context=context)
            if wrapped
            else smtplib.SMTP(mail.server, mail.port or 0, name, timeout=self.patience)
        )
        try:
            if mail.use_tls and not wrapped:
                host.starttls(context=context)
            host.ehlo_or_helo_if_needed()
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException:
            host.close()
            raise
        return host


class Smtp:
    """The mail server, over one connection that is opened when first needed and again after it broke."""

    def __init__(self, patience: float = TIMEOUT) -> None:
        self.line = Conn(current_app.extensions["mail"])
        self.line.patience = patience

    def open(self) -> None:
        if self.line.host is not None and self.line.host.sock is not None:
            return
        try:
            self.line.host = self.line.configure_host()
        except OSError as fault:
            raise (Misconfigured if _settings(fault) else Down)(_words(fault)) from fault

    def carry(self, parcel: Parcel) -> None:
        try:
            self.line.send(Stored(parcel), envelope_from=parcel.sender)
        except OSError as fault:
            if _code(fault) in ASKS_FOR_SIGN_IN:
                raise Misconfigured(_words(fault)) from fault
            if 500 <= _code(fault) <= 599:
                raise Rejected(_words(fault), _phase(fault)) from fault
            if _code(fault) in {0, 421}:  # by 421 the server takes its leave, whether or not it closes the line
                self._hang_up()
            raise Passing(_words(fault), not _code(fault), _phase(fault)) from fault

    def close(self) -> None:
        if self.line.host is not None and self.line.host.sock is not None:
            with suppress(OSError):
                self.line.host.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        if self.line.host is not None:
            self.line.host.close()


def _settings(fault: OSError) -> bool:
    """Whether a connection that could not be opened will not open until the settings are mended."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return True
    if _code(fault):
        return 500 <= _code(fault) <= 599
    return isinstance(fault, smtplib.SMTPException) and not isinstance(fault, smtplib.SMTPServerDisconnected)


def _reply(fault: OSError) -> tuple[int, bytes | str]:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):  # not an SMTPResponseException, though a reply is in it
        return next(iter(fault.recipients.values()))
    if isinstance(fault, smtplib.SMTPResponseException):
        return fault.smtp_code, fault.smtp_error
    return 0, ""


def _code(fault: OSError) -> int:
    """The server's reply code; 0 when there was none: time-out, broken line, a reply that is none."""
    return max(_reply(fault)[0], 0)


def _phase(fault: OSError) -> str:
    """The word of SMTP that the server answered."""
    words = {smtplib.SMTPSenderRefused: "MAIL", smtplib.SMTPRecipientsRefused: "RCPT", smtplib.SMTPDataError: "DATA"}
    return words.get(type(fault), "")


def _words(fault: OSError) -> str:
    """What the server said, or what became of the line: of some length, and without what no table keeps and what would
    turn a page around."""
    code, said = _reply(fault)
    if code <= 0:
        return clean(f"{type(fault).__name__}: {fault}")[:LONGEST]
    return clean(f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}")[:LONGEST]


class Folder:
    """A folder of .eml files, for an installation without a mail server. The same letter twice is one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise Down(str(fault)) from fault

    def carry(self, parcel: Parcel) -> None:
        name = _name(parcel.kind, parcel.to, parcel.dated)
        draft = self.path / f".{name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(parcel.octets)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path / name)
        except OSError as fault:
            raise Down(str(fault)) from fault

    def close(self) -> None: ...


def drop(letters: Iterable[tuple[str, str, datetime]]) -> None:
    """Delete the files of letters (kind, address, moment) that were put into the folder; none where mail is sent."""
    for kind, to, dated in letters:
        (Path(current_app.config["INSTANCE"]) / "mail" / _name(kind, addresses.reachable(to), dated)).unlink(
            missing_ok=True
        )


def _name(kind: str, to: str, dated: datetime) -> str:
    return f"{dated:%Y%m%dT%H%M%S.%fZ}-{_plain(kind)}-{_plain(to)}.eml"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.@+_-]+", "_", text)[:80]
