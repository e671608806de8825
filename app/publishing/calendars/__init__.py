"""The calendars of a summit: the public ones by address, those of offices and moderators by a secret, and when each was
last fetched."""
