"""The participants' list: who takes part, by city, in numbered revisions, for the public and for participants."""
