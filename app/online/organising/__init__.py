"""The organisers' pages of what takes place from afar."""
