"""What the organisers have to agree to: delegations that were sent, and changes that were asked for."""
