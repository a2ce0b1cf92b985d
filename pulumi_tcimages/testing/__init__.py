"""For the tests of your own program: Pulumi's mocks, with the real plugin behind our functions.

`ProviderMocks` goes where Pulumi's documented mocks go. Calls of `tcimages:` functions, pins and
providers reach the real plugin, in a process of its own, over its real protocol; every other
resource and function stays with your mocks. `run` does all of it for a whole program and returns
its exports. Neither needs the `pulumi` command. What the plugin warns of is a `PluginWarning`.

    with Emulator() as cloud:
        exports = run("path/to/program", environment=cloud.environment)
"""

from pulumi_tcimages.testing.log import PluginWarning
from pulumi_tcimages.testing.mocks import ProviderMocks
from pulumi_tcimages.testing.programs import run

__all__ = ["PluginWarning", "ProviderMocks", "run"]
