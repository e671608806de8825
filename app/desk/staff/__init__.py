"""The organisers' page of who works for the event, and as what."""
