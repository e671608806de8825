"""Care for a running installation: whether it is well, what it says of itself, and a copy of all of it."""
