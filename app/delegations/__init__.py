"""Delegations: the people one member sends to one event."""
