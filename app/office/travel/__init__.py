"""What a city's office may do about the journeys of its people: see whether they are told, and tell them."""
