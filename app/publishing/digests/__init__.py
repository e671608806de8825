"""What a release changes for whom: the letters it sends, and whom the desk has to call."""
