"""The visits of one person: what can be chosen, and where they stand."""
