"""Shortcuts to declare optional pydantic fields with a description."""

from __future__ import annotations

from typing import Any

from pydantic import Field


def text(description: str, **more: Any) -> Any:
    """Declare a string field that is "" if it is missing."""
    return Field("", description=description, **more)


def items(description: str) -> Any:
    """Declare a list field that is empty if it is missing."""
    return Field([], description=description)


def optional(description: str, **more: Any) -> Any:
    """Declare a field that is None if it is missing."""
    return Field(None, description=description, **more)
