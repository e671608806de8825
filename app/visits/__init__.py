"""Site visits: guided visits with limited seats."""
