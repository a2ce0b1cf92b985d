"""Suggestions for lookups that found no image or several. Each is tested on the catalogue."""
