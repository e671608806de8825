"""The organisers' page of calendars: who has which, the links to join what is online, and the calendar doctor."""
