"""The desk of languages: what the summit says in which, what is missing, and what was made from an older text."""
