"""Those who run events: how they sign in, and what each may do."""

from app.accounts.access import held, keeper, staff, staff_home, who
from app.accounts.models import Role
from app.accounts.proving import fresh
from app.accounts.security import settings
from app.accounts.service import anybody, create_organiser, show_out
from app.accounts.views import init_app

__all__ = [
    "Role",
    "anybody",
    "create_organiser",
    "fresh",
    "held",
    "init_app",
    "keeper",
    "settings",
    "show_out",
    "staff",
    "staff_home",
    "who",
]
