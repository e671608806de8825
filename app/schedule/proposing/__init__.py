"""The planner on the desk: proposals, repairs, cities to sessions, and why a session stands where it does."""
