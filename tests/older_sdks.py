"""Skip tests that need Pulumi's Python SDK 3.260."""

from __future__ import annotations

import pulumi
import pytest

needs_output_recover = pytest.mark.skipif(
    not hasattr(pulumi.Output, "recover"),
    reason="this Pulumi SDK cannot recover an output: it shows its own traceback above our text",
)
"""Marks tests in which an error of the output form shows only our text."""
