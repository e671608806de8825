"""The releases of a summit: the list, any two compared, one brought back, and one planned for a set moment."""
