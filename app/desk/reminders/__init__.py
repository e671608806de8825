"""The organisers' pages of reminders, and the duty that sees to them."""
