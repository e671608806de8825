"""What organisers decide: who is approved, who waits in which order, how many places and how large quotas are."""
