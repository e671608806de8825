"""Reports as mail servers write them: each shape with our letter in it, by its token or its Message-ID alone."""

from __future__ import annotations

from app.outbox import Message

DOMAIN = "bounces.tokyo.example"


def _mended(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _returned(letter: Message) -> str:
    """The letter's own headers, as they come back with a report."""
    return f"""From: "G-NETS" <summit@tokyo.example>
To: "Office of Rome" <{letter.to}>
Subject: Welcome
Message-ID: {letter.message_id}
Auto-Submitted: auto-generated
"""


def postfix(
    letter: Message, status: str = "5.1.1", action: str = "failed", recipient: str = "", diagnosis: str = ""
) -> bytes:
    recipient = recipient or letter.to
    diagnosis = diagnosis or f"550 {status} <{recipient}>: Recipient address rejected: User\n    unknown in local table"
    return _mended(f"""Return-Path: <>
Date: Mon, 20 Feb 2023 18:05:09 +0900 (JST)
From: MAILER-DAEMON@mx.tokyo.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {letter.envelope_from}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4PLh1B2nz9.1676884509/mx.tokyo.example"
Message-Id: <20230220090509.4PLh1C3nz9@mx.tokyo.example>

This is a MIME-encapsulated message.

--4PLh1B2nz9.1676884509/mx.tokyo.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.tokyo.example.

<{recipient}>: {diagnosis} (in reply to RCPT TO command)

--4PLh1B2nz9.1676884509/mx.tokyo.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.tokyo.example
X-Postfix-Queue-ID: 4PLh1B2nz9
X-Postfix-Sender: rfc822; {letter.envelope_from}
Arrival-Date: Mon, 20 Feb 2023 18:05:08 +0900 (JST)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.rome.example
Diagnostic-Code: smtp; {diagnosis}

--4PLh1B2nz9.1676884509/mx.tokyo.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{_returned(letter)}
--4PLh1B2nz9.1676884509/mx.tokyo.example--
""")


def exchange(letter: Message) -> bytes:
    """Exchange Online: text and HTML first, our address in the fields alone, the letter whole."""
    return _mended(f"""MIME-Version: 1.0
From: <postmaster@rome.example>
To: <{letter.envelope_from}>
Date: Mon, 20 Feb 2023 09:05:11 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="8d2f4c1e-77aa-4f0e-9d4b-3d1b5f6f2a10"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <62f0c0de-6d1c-4a55-8d5e-9f5f1d0b7c3a@VI1PR07MB0001.eurprd07.prod.rome.example>
In-Reply-To: {letter.message_id}
References: {letter.message_id}
Subject: Undeliverable: Welcome
Auto-Submitted: auto-replied

--8d2f4c1e-77aa-4f0e-9d4b-3d1b5f6f2a10
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="b1f0c2d3-e4f5"

--b1f0c2d3-e4f5
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

{letter.to} wasn't found at rome.example.

Diagnostic information for administrators:
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipien=
t not found by SMTP address lookup'

--b1f0c2d3-e4f5
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message couldn't be delivered.</p></body></html>

--b1f0c2d3-e4f5--

--8d2f4c1e-77aa-4f0e-9d4b-3d1b5f6f2a10
Content-Type: message/delivery-status

Reporting-MTA: dns;VI1PR07MB0001.eurprd07.prod.rome.example
Received-From-MTA: dns;mx.tokyo.example
Arrival-Date: Mon, 20 Feb 2023 09:05:10 +0000

Final-Recipient: rfc822;{letter.to}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Office of Rome

--8d2f4c1e-77aa-4f0e-9d4b-3d1b5f6f2a10
Content-Type: message/rfc822

{_returned(letter)}
Welcome to the summit, Rome.

--8d2f4c1e-77aa-4f0e-9d4b-3d1b5f6f2a10--
""")


def gmail(letter: Message) -> bytes:
    """Google: a picture beside the text, and a diagnosis of several lines."""
    return _mended(f"""Delivered-To: {letter.envelope_from}
Return-Path: <>
Content-Type: multipart/report; boundary="000000000000ca2d9205f5a5444d"; report-type=delivery-status
To: {letter.envelope_from}
Auto-Submitted: auto-replied
Message-ID: <63f33a17.050a0220.58de0.183e.GMR@mx.rome.example>
Date: Mon, 20 Feb 2023 01:05:11 -0800 (PST)
From: Mail Delivery Subsystem <mailer-daemon@rome.example>
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: {letter.to}

--000000000000ca2d9205f5a5444d
Content-Type: multipart/related; boundary="000000000000ca332c05f5a5444e"

--000000000000ca332c05f5a5444e
Content-Type: multipart/alternative; boundary="000000000000ca333105f5a5444f"

--000000000000ca333105f5a5444f
Content-Type: text/plain; charset="UTF-8"

** Address not found **

--000000000000ca333105f5a5444f
Content-Type: text/html; charset="UTF-8"

<html><body><img alt="Error Icon" src="cid:icon.png"></body></html>

--000000000000ca333105f5a5444f--
--000000000000ca332c05f5a5444e
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64
Content-ID: <icon.png>

iVBORw0KGgo=
--000000000000ca332c05f5a5444e--
--000000000000ca2d9205f5a5444d
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.rome.example
Arrival-Date: Mon, 20 Feb 2023 01:05:10 -0800 (PST)
X-Original-Message-ID: {letter.message_id}

Final-Recipient: rfc822; {letter.to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.rome.example. (192.0.2.26, the server for the domain rome.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces. k18-20020a05651c1612b00 - gsmtp
Last-Attempt-Date: Mon, 20 Feb 2023 01:05:11 -0800 (PST)

--000000000000ca2d9205f5a5444d
Content-Type: message/rfc822

{_returned(letter)}
----- Message truncated -----

--000000000000ca2d9205f5a5444d--
""")


def gmail_that_says_nothing(letter: Message) -> bytes:
    """Google, when a letter met a fault of another kind: its report has no field at all."""
    whole = gmail(letter).decode()
    head, _fields, tail = whole.partition("Reporting-MTA:")
    return (head + tail[tail.index("\r\n--000000000000ca2d9205f5a5444d") :]).encode()


def complaint(letter: Message, kind: str = "abuse") -> bytes:
    """The feedback loop of a mailbox provider (RFC 5965)."""
    return _mended(f"""From: <feedback@rome.example>
Date: Tue, 21 Feb 2023 10:00:00 +0100
Subject: FW: Welcome
To: <abuse@tokyo.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{letter.envelope_from}>
Original-Rcpt-To: <{letter.to}>

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

{_returned(letter)}
Welcome to the summit, Rome.

--part1_13d.2e68ed54_boundary--
""")
