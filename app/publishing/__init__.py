"""Publishing: the draft becomes a numbered release, and every public word is spoken from releases."""
