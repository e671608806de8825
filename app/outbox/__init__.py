"""Letters: posted with the act they tell of, rendered once, delivered until they have arrived.

A feature's letters.py marks with `@renders(kind)` what words its letters, and says with `opens` how they begin, which
organisers may word anew; its service calls `post` inside the act.
"""

from datetime import timedelta

from app.jobs import Duty, duties
from app.outbox.addresses import folded, reachable
from app.outbox.delivery import Emptied, deliver, empty, standing
from app.outbox.letter import Letter, post, post_all
from app.outbox.models import Message, State
from app.outbox.openings import Beginning, Opening, begin, opens
from app.outbox.rendering import Attachment, Rendered, compose, renderers, renders
from app.outbox.showing import shown

__all__ = [
    "Attachment",
    "Beginning",
    "Emptied",
    "Letter",
    "Message",
    "Opening",
    "Rendered",
    "State",
    "begin",
    "compose",
    "deliver",
    "empty",
    "folded",
    "opens",
    "post",
    "post_all",
    "reachable",
    "renderers",
    "renders",
    "shown",
    "standing",
]

duties.append(Duty("letters", lambda stop: deliver(stop=stop), every=timedelta(seconds=0.5)))
