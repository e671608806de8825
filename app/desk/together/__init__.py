"""Acts over several cities at once: looked at before, done in one transaction, kept, and undone where that can be."""
