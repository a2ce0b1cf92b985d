"""What Pulumi's SDK for Python cannot do before 3.260."""

from __future__ import annotations

import pulumi
import pytest

recovering = pytest.mark.skipif(
    not hasattr(pulumi.Output, "recover"),
    reason="this Pulumi SDK cannot recover an output: it shows its own traceback above our text",
)
"""For an output form that fails with our text alone."""
