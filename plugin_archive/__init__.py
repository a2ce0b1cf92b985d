"""Builds the archive that Pulumi's engine downloads: the plugin with its own Python, frozen.

`make plugin` runs it for this machine's system. Only the build needs PyInstaller.
"""
