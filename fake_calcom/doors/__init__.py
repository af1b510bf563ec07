"""The ways in: a port, memory, and a direct call."""
