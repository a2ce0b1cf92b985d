"""Test your own programs: Pulumi's mocks, with the real plugin behind our functions and pins.

`ProviderMocks` is a monitor for Pulumi's documented mocks. It sends calls of `tcimages:` functions,
pins and providers to the real plugin, in a process of its own. Your mocks get every other resource
and function. `run` runs a whole program and returns its exports. `run_on` runs one on mocks that
you made, which then know the secret exports. The `pulumi` command is not needed. A warning of the
plugin is raised as a `PluginWarning`.

    with Emulator() as cloud:
        exports = run("path/to/program", environment=cloud.environment)
"""

from pulumi_tcimages.testing.log import PluginWarning
from pulumi_tcimages.testing.mocks import ProviderMocks
from pulumi_tcimages.testing.programs import run, run_on

__all__ = ["PluginWarning", "ProviderMocks", "run", "run_on"]
