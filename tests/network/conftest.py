"""Both networks with their registers, and an organiser who looks after them."""

from tests.network.registers import both, keeper

__all__ = ["both", "keeper"]
