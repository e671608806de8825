"""The organisers' pages of announcements and reminders."""
