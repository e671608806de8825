"""What machines ask: whether this process answers, whether it can do its work, and its figures."""

from __future__ import annotations

import hmac
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from app import db as database
from app.care import disk, fitness, revisions
from app.care.counting import counted
from app.care.measures import Measures
from app.db import db
from app.web import public
from app.web.policy import not_found

bp = Blueprint("care", __name__)
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
"""What a proxy says of whom it asks for; who asks on this machine directly says none of it."""


def plain(text: str, status: int = 200) -> Response:
    kind = "text/plain; charset=utf-8"
    return Response(text, status, content_type=kind, headers={"Cache-Control": "no-store"})


@bp.get("/healthz")
@public("it says one word")
def healthz() -> Response:
    return plain("ok\n")


@bp.get("/readyz")
@public("it says what hinders, and nothing of anybody")
def readyz() -> Response:
    hindered = unready(Path(current_app.config["INSTANCE"]))
    return plain("".join(f"{each}\n" for each in hindered), 503) if hindered else plain("ready\n")


def unready(instance: Path) -> list[str]:
    """Why no work can be done now, a sentence each."""
    said = fitness.unfetched()
    try:
        if missing := revisions.pending(db.engine):
            said.append(f"Migrations are pending ({', '.join(missing)}): run `db upgrade` (docs/operations.md).")
    except (SQLAlchemyError, OSError):
        said.append("The database does not answer.")
    if fault := disk.writable(instance):
        said.append(f"The disk takes nothing: {fault}.")
    elif disk.free(instance) < disk.LEAST:
        said.append("The disk is all but full.")
    return said


@bp.get("/metrics")
@public("answered on this machine alone, or to whoever has the token")
def metrics() -> Response:
    if not _may_read():
        not_found("")
    measures: Measures = current_app.extensions["measures"]
    now: datetime = database.now()
    text = measures.text(counted(Path(current_app.config["INSTANCE"]), now))
    return Response(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read() -> bool:
    if token := current_app.config["METRICS_TOKEN"]:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
