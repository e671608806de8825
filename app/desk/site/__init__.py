"""The organisers' pages of what they write around the programme."""
