"""What the people of a city wish for, at its office."""
