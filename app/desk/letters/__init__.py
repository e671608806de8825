"""The organisers' pages of the words with which letters begin."""
