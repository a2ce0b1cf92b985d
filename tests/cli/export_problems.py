"""Helpers for the tests of exports that cannot be read."""

from __future__ import annotations

import os

import pytest

from tests.cli.conftest import Outcome
from tests.cli.stack_exports import export_with

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and scripts")
EMPTY = export_with()
SUMMARY = "1 pin, none outdated; 1 problem\n"


def assert_one_problem(
    outcome: Outcome, problem: str, summary: str = "0 pins, none outdated; 1 problem\n"
):
    assert outcome.code == 2
    assert outcome.err.startswith(summary)
    assert problem in outcome.err
    assert outcome.err.count("\n") == 2
