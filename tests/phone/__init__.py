"""The summit as an app on a phone."""
