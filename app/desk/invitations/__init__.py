"""Inviting the members of the network, and what became of it, as organisers see and do it."""
