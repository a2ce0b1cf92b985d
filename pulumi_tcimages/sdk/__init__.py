"""The program's side: typed functions, pins and the provider, as generated SDKs have them.

Nothing is decided here. A call turns its names into camelCase, goes to the engine, and comes back
as a typed record or as one of our errors; `discovery` puts the plugin where the engine looks.
"""
