"""The calendar of a city's office: all that concerns the city, at an address of its own."""
