"""The Python SDK for programs: typed functions, pins and the provider.

A call converts its names to camelCase, asks the engine, and returns a typed record or raises one of
our errors. `discovery` installs the plugin where the engine looks for it.
"""
