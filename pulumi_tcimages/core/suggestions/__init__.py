"""Suggestions for lookups that found no image or several images. Each is tested before use."""
