"""The organisers' pages of a summit's photos."""
