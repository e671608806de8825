"""The first page of an event's desk: what needs a hand now, the first steps of a new event, figures and pictures."""
