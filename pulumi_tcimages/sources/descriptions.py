"""Patterns for the descriptions of TIONE's images, which people write."""

LIST = r"((?:[^\r\n]*[,，、;；][ \t]*\r?\n)*[^\r\n]*)"
"""Matches a list behind its heading. A line that ends with a separator continues on the next line.
"""
NEGATION = r"[不无非]|\b(?:no|not|without|except|excluding)\b"
"""Matches the start of a phrase about something that an image does not have or support."""
