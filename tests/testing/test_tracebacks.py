"""The output of pytest for failing programs, with all arguments and local variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.failing_programs import OTHER_ERRORS, SECRET, TESTS
from tests.testing.failing_providers import PROVIDERS


def run_pytest(file: Path, text: str, options: list[str]) -> str:
    """Run pytest on tests that all fail, and return its output."""
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", *options, str(file)]
    # The order of a set depends on this seed. With 5, a secret is before the failing argument.
    environment = {**os.environ, "ANOTHER_VALUE": SECRET, "PYTHONHASHSEED": "5"}
    return subprocess.run(command, capture_output=True, text=True, env=environment).stdout


@pytest.mark.parametrize("options", [[], ["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_programs_print_no_keys(tmp_path: Path, options: list[str]) -> None:
    output = run_pytest(tmp_path / "test_program.py", TESTS, options)

    assert "31 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    advice = "config key tcimages:assumeRole: the value cannot be written as JSON"
    assert output.count(f"] - TypeError: {advice}") == 14


@pytest.mark.parametrize("options", [[], ["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_arguments_of_a_provider_reveal_no_others(
    tmp_path: Path, options: list[str]
) -> None:
    output = run_pytest(tmp_path / "test_providers.py", PROVIDERS, options)

    assert "54 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    assert output.count('lambda outputs: outputs["missing"]') >= 12  # the line of the program
    assert output.count('raise OSError("unreachable")') >= 3
    assert output.count("] - KeyError: 'missing'") >= 9
    assert output.count("Argument assume_role\n") >= 24


@pytest.mark.parametrize("options", [["--tb=long"], ["--tb=long", "--showlocals"]], ids=str)
def test_errors_of_a_program_print_no_variables_of_pulumi(
    tmp_path: Path, options: list[str]
) -> None:
    output = run_pytest(tmp_path / "test_others.py", OTHER_ERRORS, options)

    assert "14 failed" in output
    assert [line for line in output.splitlines() if SECRET in line] == []
    assert "site-packages" not in output.partition("= FAILURES =")[2]
