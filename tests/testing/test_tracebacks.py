"""The output of pytest for failing programs, with all arguments and local variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.failing_programs import OTHER_ERRORS, SECRET, TESTS
from tests.testing.failing_providers import PROVIDERS

FILES = {"test_programs.py": TESTS, "test_providers.py": PROVIDERS, "test_others.py": OTHER_ERRORS}


def run_pytest(folder: Path, options: list[str]) -> str:
    """Run pytest on tests that all fail, and return its output."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-vv", *options, *FILES]
    # The order of a set depends on this seed. With 5, a secret is before the failing argument.
    environment = {**os.environ, "ANOTHER_VALUE": SECRET, "PYTHONHASHSEED": "5"}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder
    ).stdout


# One process runs all files, because its start takes as long as the tests.
@pytest.mark.parametrize("options", [[], ["--tb=long", "--showlocals"]], ids=str)
def test_failed_programs_and_providers_print_no_secrets(tmp_path: Path, options: list[str]) -> None:
    output = run_pytest(tmp_path, options)

    failed = {name: output.count(f"\nFAILED {name}::") for name in FILES}
    assert failed == {"test_programs.py": 31, "test_providers.py": 54, "test_others.py": 14}
    assert [line for line in output.splitlines() if SECRET in line] == []
    advice = "config key tcimages:assumeRole: the value cannot be written as JSON"
    assert output.count(f"] - TypeError: {advice}") == 14
    check_provider_errors(output)
    check_other_errors(output)


def check_provider_errors(output: str) -> None:
    """Check that errors of a provider show its failing argument and the program's line."""
    errors = "".join(read_failures(output, "test_provider"))
    assert errors.count('lambda outputs: outputs["missing"]') >= 12
    assert errors.count('raise OSError("unreachable")') >= 3
    assert errors.count("Argument assume_role\n") >= 24
    summary = re.findall(r"^FAILED test_providers\.py::.*\] - KeyError: 'missing'$", output, re.M)
    assert len(summary) >= 9


def check_other_errors(output: str) -> None:
    """Check that errors outside of a provider's arguments have no frames of libraries."""
    errors = read_failures(output, "test_other")
    assert len(errors) == 14
    assert [text for text in errors if "site-packages" in text] == []


def read_failures(output: str, test: str) -> list[str]:
    """Return the reports of failed tests whose names start with a text."""
    failures = output.partition("= FAILURES =")[2].partition("= short test summary info =")[0]
    _, *parts = re.split(r"^_+ (test_\w+)\[.*\] _+$", failures, flags=re.MULTILINE)
    reports = zip(parts[::2], parts[1::2], strict=True)
    return [report for name, report in reports if name.startswith(test)]
