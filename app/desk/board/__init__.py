"""What is missing: one row a city, what it still owes or waits for, and the people who come."""
