"""Networks and events as organisers create them, and the settings of an event."""
