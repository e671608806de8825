"""What is written around the summits that come with the product: pages and news, for the demonstration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.clock import local
from app.db import db
from app.events.models import Event
from app.site import service
from app.site.models import Article, Kind
from app.site.service import Wording, Written

FOLDER = Path(__file__).with_name("sites")
WHO = "demonstration"


def write_around(event_id: int, name: str, now: datetime) -> None:
    """Write and show the pages and news that come with this summit, unless anything is written around it already.

    News without a day of its own is of today.
    """
    path = FOLDER / f"{name}.json"
    written = db.session.execute(select(Article.id).where(Article.event_id == event_id).limit(1)).first()
    if written is not None or not path.is_file():
        return
    event = db.session.get_one(Event, event_id)
    told = json.loads(path.read_text(encoding="utf-8"))
    today = local(now, event.zone).date()
    for kind in Kind:
        for each in told[kind.value]:
            _show(event, kind, _written(each, today if kind == Kind.NEWS else None), now)


def _show(event: Event, kind: Kind, given: Written, now: datetime) -> None:
    words = service.judged(event.id, given)
    row = service.add(event, kind, given, words, f"{WHO}/{event.id}/{kind}/{given.slug}", who=WHO, now=now)
    service.show(event, row.uid, row.version, True, who=WHO, now=now)


def _written(told: Mapping[str, Any], today: date | None) -> Written:
    words = {code: Wording(said["title"], said["text"]) for code, said in told["words"].items()}
    day = date.fromisoformat(told["day"]) if "day" in told else today
    return Written(words, "en", told["slug"], day)
