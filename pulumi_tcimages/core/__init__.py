"""Pure functions over data: no module of this package reads a clock, a file or a socket."""
