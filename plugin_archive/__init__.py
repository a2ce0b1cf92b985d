"""Build the archive that Pulumi's engine downloads: the plugin, frozen together with Python.

`make plugin` builds it for this machine's system. Only the build needs PyInstaller.
"""
