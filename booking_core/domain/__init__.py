"""What the gateway talks about: plain values, no I/O, no framework."""
