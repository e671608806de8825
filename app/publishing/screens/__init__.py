"""Videos as the public may see them: accepted, in a session of the release, with the right to it, and not too early."""
