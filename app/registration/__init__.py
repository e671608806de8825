"""Registration: people of a delegation ask for a place and get it, at the venue, online or by video message."""
