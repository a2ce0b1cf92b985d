"""The plugin under the real `pulumi` command; skipped, loudly, where there is none."""
