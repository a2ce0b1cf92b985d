"""Pure functions over data. Nothing here reads a clock, a file or a socket."""
