"""Events: a summit, congress or forum, its themes, rooms, people and outcomes."""
