"""The Python SDK for programs: typed functions, pins and the provider.

A call converts argument names to camelCase and asks the engine to invoke the plugin. It returns a
typed record or raises a TcImagesError. `discovery` lets the engine find the plugin.
"""
