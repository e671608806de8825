"""What one delegate sees: the registration, their city's sessions, and a calendar of their own."""
