"""A city sends its delegation to the organisers, and decides on what its people ask for."""
