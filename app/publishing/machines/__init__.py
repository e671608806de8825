"""What search engines are told: which pages there are, in which languages, and which are nobody's to read."""
