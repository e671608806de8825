"""The outbox as organisers see it: what waits, went and came back, and what can be done about it."""
