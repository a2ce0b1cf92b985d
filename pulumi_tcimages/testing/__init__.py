"""Test your own programs with the real plugin for this package and mocks for everything else.

`ProviderMocks` is a monitor for Pulumi's documented mocks. It passes calls to `tcimages:`
functions, pins and providers to the real plugin in a separate process. Calls to all other resources
and functions go to your own mocks. Warnings from the plugin are issued as `PluginWarning`.

`run` runs a whole program and returns its exports. `run_on` does the same with a `ProviderMocks`
that you created, which also contains the names of the secret exports. The `pulumi` command is not
needed.

    with Emulator() as cloud:
        exports = run("path/to/program", environment=cloud.environment)
"""

from pulumi_tcimages.testing.log import PluginWarning
from pulumi_tcimages.testing.mocks import ProviderMocks
from pulumi_tcimages.testing.programs import run, run_on

__all__ = ["PluginWarning", "ProviderMocks", "run", "run_on"]
