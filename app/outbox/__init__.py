"""Letters: posted with the act they tell of, rendered once, delivered until they have arrived.

A feature's letters.py marks with `@renders(kind)` what words its letters; its service calls `post` inside the act.
"""

from datetime import timedelta

from app.jobs import Duty, duties
from app.outbox.addresses import folded, reachable
from app.outbox.delivery import Emptied, deliver, empty, standing
from app.outbox.letter import Letter, post, post_all
from app.outbox.models import Message, State
from app.outbox.rendering import Attachment, Rendered, compose, renderers, renders

__all__ = [
    "Attachment",
    "Emptied",
    "Letter",
    "Message",
    "Rendered",
    "State",
    "compose",
    "deliver",
    "empty",
    "folded",
    "post",
    "post_all",
    "reachable",
    "renderers",
    "renders",
    "standing",
]

duties.append(Duty("letters", lambda stop: deliver(stop=stop), every=timedelta(seconds=0.5)))
