"""What a city's office fills in of a person's profile on their behalf."""
