"""Mail servers on loopback that behave well or badly on purpose."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Sink:
    """Takes letters, or says at a phase what it is told to say. What it took is in `taken`: (recipient, octets)."""

    at_mail: str = ""
    at_rcpt: str = ""
    at_data: str = ""
    refused: tuple[str, ...] = ()
    """Refuse these recipients alone; empty: all, if `at_rcpt` says something."""
    drops: bool = False
    """Take the octets, then cut the line without a reply."""
    slow: float = 0.0
    """Seconds before each reply to RCPT."""
    mute: bool = False
    """Take the octets, and then say nothing for long."""
    moods: random.Random | None = None
    """At every letter, do what chance says: one in three meets with a passing fault, of any kind and at any phase."""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    lines: int = 0
    """How many connections were made."""

    async def handle_EHLO(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.lines += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.at_mail:
            envelope.mail_from = address
        if self.moods is not None and self.moods.random() < 0.05:
            return "451 4.3.0 not now"
        return self.at_mail or "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.at_rcpt and (not self.refused or address in self.refused):
            return self.at_rcpt
        if self.moods is not None and self.moods.random() < 0.1:
            return self.moods.choice(
                ["450 4.2.0 greylisted", "451 4.7.1 later", "421 4.7.0 too many", "452 4.3.1 full"]
            )
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data:
            return self.at_data
        mood = self.moods.random() if self.moods is not None else 1.0
        if mood < 0.05:
            return "451 4.3.0 disk full"
        if mood < 0.1:
            _cut(server)
        assert isinstance(envelope.original_content, bytes)
        self.taken.extend((each, envelope.original_content) for each in envelope.rcpt_tos)
        if self.mute:
            await asyncio.sleep(60)
        if self.drops or mood < 0.2:
            _cut(server)
        return "250 OK"


def _cut(server: SMTP) -> NoReturn:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    raise ConnectionResetError


def _nobody(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


@contextmanager
def listening(sink: Sink, port: int = 0, guarded: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The sink behind a port; `guarded`, it offers to check a password and likes none; `tls` offers STARTTLS."""
    port = port or free_port()
    guard: dict[str, Any] = {"authenticator": _nobody, "auth_require_tls": False} if guarded else {}
    controller = Controller(sink, hostname="127.0.0.1", port=port, ident="test", tls_context=tls, **guard)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def certified(file: Path, name: str, ends: timedelta = timedelta(days=1)) -> ssl.SSLContext:
    """What a server of this name needs for TLS, by a certificate that it signed itself; it stands in `file`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = file.with_suffix(".key")
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
