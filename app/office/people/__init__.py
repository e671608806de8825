"""The people of a city at its office: named, filled in for, approved, put in order, replaced, taken off."""
