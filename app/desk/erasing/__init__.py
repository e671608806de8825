"""Erasing one person at their request: what was known of them goes, what has to be counted stays."""
