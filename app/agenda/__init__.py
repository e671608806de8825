"""The draft agenda: what organisers move before they publish."""
