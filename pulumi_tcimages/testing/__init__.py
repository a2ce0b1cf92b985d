"""For the tests of your own program: Pulumi's mocks, with the real plugin behind our functions.

`ProviderMocks` goes where Pulumi's documented mocks go. Calls of `tcimages:` functions, pins and
providers reach the real plugin, in a process of its own, over its real protocol; every other
resource and function stays with your mocks. `run` does all of it for a whole program and returns
its exports; `run_on` does it on mocks of yours, which know afterwards which exports are secret.
Nothing of it needs the `pulumi` command. What the plugin warns of is a `PluginWarning`.

    with Emulator() as cloud:
        exports = run("path/to/program", environment=cloud.environment)
"""

from pulumi_tcimages.testing.log import PluginWarning
from pulumi_tcimages.testing.mocks import ProviderMocks
from pulumi_tcimages.testing.programs import run, run_on

__all__ = ["PluginWarning", "ProviderMocks", "run", "run_on"]
