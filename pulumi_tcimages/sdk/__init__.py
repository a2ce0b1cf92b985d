"""The Python SDK for programs: typed functions, pins and the provider.

A call converts argument names to camelCase, invokes the engine, and returns a typed record or
raises a TcImagesError. `discovery` writes a launcher that lets the engine find the plugin.
"""
