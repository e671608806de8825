"""The page of whoever moderates a session: who speaks, how to say the names, the minutes, and how each turn went."""
