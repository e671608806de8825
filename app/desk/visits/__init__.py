"""Visits at the desk: made, changed, filled, called off; their vehicles, lists and manifests."""
