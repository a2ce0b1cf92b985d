"""Suggestions for lookups that found no image or several. Each is tried before it is shown."""
