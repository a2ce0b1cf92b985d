"""Tests with the real `pulumi` command, which are skipped with a notice without it."""
