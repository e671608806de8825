"""The agenda as organisers arrange it: the board of days and rooms, what clashes, the hours of those who are afar."""
