"""Suggestions for lookups that found no image or several: each is tried before it is shown."""
