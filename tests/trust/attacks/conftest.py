"""Who is attacked: the people of the accounts' own tests, and a small summit."""

from tests.accounts.conftest import castle, door, gate, wing
from tests.registration.conftest import cast

__all__ = ["cast", "castle", "door", "gate", "wing"]
