"""Suggestions for lookups that match no image or several. Each is tested on the listed images."""
