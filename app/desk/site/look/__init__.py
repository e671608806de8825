"""The organisers' page of a summit's colours."""
