"""The mail server as a sender of letters sees it, and what the DNS says of the domain they come from."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import dns.exception
import dns.resolver

from app.outbox import addresses, transport
from app.outbox.transport import Down

SELECTORS = "default mail dkim selector1 selector2 google k1 k2 s1 s2 smtp key1 20230601".split()
"""Names under which keys of DKIM are commonly kept; there is no list of those that a domain has."""
PATIENCE = 5.0

Texts = Callable[[str], list[str]]
"""The TXT records of a name; none when there are none. OSError when the DNS does not answer."""


@dataclass(frozen=True)
class Mail:
    """Where mail goes, through what a test may put in place of the world."""

    texts: Texts
    greets: Callable[[], str]
    """Connect and sign in. Why that fails, in words; empty when it does not."""
    clock: Callable[[], datetime | None]
    """What time another machine has; None when nobody was asked."""
    domain: str
    selector: str = ""
    """The one name to look for DKIM under; empty: the common ones."""

    def records(self) -> Iterator[tuple[str, str, str]]:
        """Of SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489): the name, what was found, what to do if nothing."""
        spf = [each for each in self.texts(self.domain) if each.lower().startswith("v=spf1")]
        wanted = f"{self.domain} has no SPF record. Let its TXT say which servers send for it: v=spf1 ... -all"
        if len(spf) > 1:
            wanted = f"{self.domain} has {len(spf)} SPF records, which counts as none (RFC 7208 4.5). Keep one."
        yield "spf", spf[0] if len(spf) == 1 else "", wanted
        names = [self.selector] if self.selector else SELECTORS
        found = next((each for each in names if self._signs(each)), "")
        yield (
            "dkim",
            found and f"a key under {found}._domainkey.{self.domain}",
            (
                f"No key under {', '.join(names)} at _domainkey.{self.domain}. Let your mail server sign;"
                " name its selector by --selector if it has another."
            ),
        )
        dmarc = next((each for each in self._policies() if each.lower().startswith("v=dmarc1")), "")
        yield "dmarc", dmarc, f"_dmarc.{self.domain} has no record. Begin with v=DMARC1; p=none; rua=mailto:..."

    def _signs(self, selector: str) -> bool:
        return any("p=" in each for each in self.texts(f"{selector}._domainkey.{self.domain}"))

    def _policies(self) -> list[str]:
        """Of the domain, or else of the one above it that it belongs to."""
        parent = self.domain.partition(".")[2]
        return self.texts(f"_dmarc.{self.domain}") or (self.texts(f"_dmarc.{parent}") if "." in parent else [])


def texts(name: str) -> list[str]:
    """Ask the DNS that this machine asks."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as fault:
        raise OSError(f"The DNS does not answer: {type(fault).__name__}") from fault
    return [b"".join(each.strings).decode("utf-8", "replace") for each in answer]


def greets() -> str:
    """Open the line that letters take, and close it again."""
    line = transport.Smtp(patience=PATIENCE)
    try:
        line.open()
    except Down as fault:
        return str(fault)
    finally:
        line.close()
    return ""


def hour_of(host: str) -> datetime | None:
    """What time a web server has, by the Date of its answer (RFC 9110 6.6.1), to a second; None without a host."""
    if not host:
        return None
    with closing(http.client.HTTPSConnection(host, timeout=PATIENCE)) as line:
        line.request("HEAD", "/")
        said = line.getresponse().getheader("Date")
    return parsedate_to_datetime(said) if said else None


def world(selector: str, host: str) -> Mail:
    """The real one: the DNS, the mail server of the settings, and the clock of a web server that was named."""
    return Mail(texts, greets, lambda: hour_of(host), addresses.domain(), selector)
