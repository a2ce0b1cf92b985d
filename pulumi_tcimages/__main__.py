"""The plugin, for hosts that run the package instead of its console script (PulumiPlugin.yaml)."""

from pulumi_tcimages.plugin.__main__ import main

if __name__ == "__main__":
    main()
