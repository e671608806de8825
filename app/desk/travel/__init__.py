"""The pages of those who look after journeys, food and access, and of those who write visa letters."""
