"""How a draft is judged: what clashes, what of it is accepted and why, and by which rules."""
