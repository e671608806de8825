"""The deadlines of a summit, and who was given longer."""
