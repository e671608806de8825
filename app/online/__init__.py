"""Taking part from afar: where sessions are joined, what is told of it, checks of picture and sound, and the
moderator's page."""
