"""What people at the venue tell in confidence: journey, stay, emergency contact, and what a visa letter needs."""
