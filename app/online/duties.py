"""What the worker does for people online: reminders of checks, and forgetting what is kept no longer."""

from __future__ import annotations

from datetime import timedelta

from app import clock, db
from app.db import write
from app.jobs import Duty, duties
from app.online import techchecks, telling

duties.append(
    Duty("reminders of checks", lambda _stop: write(lambda: techchecks.remind(db.now())), every=timedelta(minutes=5))
)
duties.append(
    Duty(
        "what people online told",
        lambda _stop: write(lambda: telling.forget_over(clock.now().date())),
        every=timedelta(hours=1),
    )
)
